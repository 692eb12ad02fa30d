import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { SelectField } from "../../../ui/Field";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import { say, sayError } from "../../../ui/Toasts";
import { ALL, type User, useBoundary, useDropBoundary, usePolicies, usePutBoundary } from "../api";

/** A policy that a sub-user's rights never exceed, whatever else is attached. */
export function Boundary({ user }: { user: User }) {
  const { t } = useTranslation("access");
  const boundary = useBoundary(user.Uin).data;
  const [open, setOpen] = useState(false);
  const drop = useDropBoundary();
  const set = Boolean(boundary?.PolicyId);
  return (
    <SettingCard
      title={t("boundary.title")}
      lead={t("boundary.lead")}
      actions={
        <>
          {set && (
            <Button
              kind="textDanger"
              busy={drop.isPending}
              onClick={() =>
                drop.mutate({ TargetUin: user.Uin }, { onSuccess: () => say(t("boundary.gone")), onError: sayError })
              }
            >
              {t("action.remove")}
            </Button>
          )}
          <Locked action="cam:PutUserPermissionsBoundary">
            {(lock) => (
              <Button {...lock} onClick={() => setOpen(true)}>
                {set ? t("boundary.change") : t("boundary.set")}
              </Button>
            )}
          </Locked>
        </>
      }
    >
      {set ? <strong>{boundary?.PolicyName}</strong> : <p className="quiet">{t("boundary.none")}</p>}
      {open && <PutBoundary user={user} onClose={() => setOpen(false)} />}
    </SettingCard>
  );
}

function PutBoundary({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation("access");
  const policies = usePolicies(1, ALL).data?.List ?? [];
  const [id, setId] = useState(0);
  const put = usePutBoundary();
  return (
    <FormDialog
      title={t("boundary.set")}
      submit={t("action.save")}
      busy={put.isPending}
      disabled={!id}
      error={put.error}
      onClose={onClose}
      onSubmit={() =>
        put.mutate(
          { TargetUin: user.Uin, PolicyId: id },
          {
            onSuccess: () => {
              say(t("action.saved"));
              onClose();
            },
          },
        )
      }
    >
      <SelectField
        label={t("policies.one")}
        value={id}
        onChange={setId}
        options={[
          { value: 0, label: t("boundary.choose"), disabled: true },
          ...policies.map(({ PolicyId, PolicyName }) => ({ value: PolicyId, label: PolicyName })),
        ]}
        hint={t("boundary.lead")}
      />
    </FormDialog>
  );
}
