import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { FormDialog } from "../../../ui/Dialog";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import { type Choice, Picker } from "../../../ui/Picker";
import { say } from "../../../ui/Toasts";
import { type User, useBoundary, useDropBoundary, usePutBoundary } from "../api";
import { usePolicyChoices } from "./choices";
import { PolicyLink } from "./columns";

/** A policy that a sub-user's rights never exceed, whatever else is attached. */
export function Boundary({ user }: { user: User }) {
  const { t } = useTranslation("access");
  const boundary = useBoundary(user.Uin).data;
  const [open, setOpen] = useState<"put" | "drop" | "">("");
  const close = () => setOpen("");
  const now = boundary?.PolicyId ? { id: boundary.PolicyId, name: boundary.PolicyName } : undefined;
  return (
    <SettingCard
      title={t("boundary.title")}
      lead={t("boundary.lead")}
      actions={
        <>
          {now && (
            <Locked action="cam:DeleteUserPermissionsBoundary">
              {(lock) => (
                <Button kind="textDanger" {...lock} onClick={() => setOpen("drop")}>
                  {t("action.remove")}
                </Button>
              )}
            </Locked>
          )}
          <Locked action="cam:PutUserPermissionsBoundary">
            {(lock) => (
              <Button {...lock} onClick={() => setOpen("put")}>
                {now ? t("boundary.change") : t("boundary.set")}
              </Button>
            )}
          </Locked>
        </>
      }
    >
      {now ? <PolicyLink {...now} /> : <p className="quiet">{t("boundary.none")}</p>}
      {open === "put" && <PutBoundary user={user} now={now} onClose={close} />}
      {open === "drop" && now && <DropBoundary user={user} policy={now.name} onClose={close} />}
    </SettingCard>
  );
}

function DropBoundary({ user, policy, onClose }: { user: User; policy: string; onClose: () => void }) {
  const { t } = useTranslation("access");
  const drop = useDropBoundary();
  return (
    <Confirm
      title={t("boundary.dropTitle", { name: user.Name })}
      submit={t("action.remove")}
      busy={drop.isPending}
      error={drop.error}
      onClose={onClose}
      onConfirm={() =>
        drop.mutate(
          { TargetUin: user.Uin },
          {
            onSuccess: () => {
              say(t("boundary.gone"));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("boundary.dropAbout", { name: user.Name, policy })}</p>
    </Confirm>
  );
}

function PutBoundary({ user, now, onClose }: { user: User; now?: Choice; onClose: () => void }) {
  const { t } = useTranslation("access");
  const [chosen, setChosen] = useState(now);
  const put = usePutBoundary();
  return (
    <FormDialog
      title={t("boundary.set")}
      submit={t("action.save")}
      busy={put.isPending}
      disabled={!chosen || chosen.id === now?.id}
      error={put.error}
      onClose={onClose}
      onSubmit={() =>
        chosen &&
        put.mutate(
          { TargetUin: user.Uin, PolicyId: chosen.id },
          {
            onSuccess: () => {
              say(t("action.saved"));
              onClose();
            },
          },
        )
      }
    >
      <p className="quiet">{t("boundary.lead")}</p>
      <Picker
        one
        label={t("policies.one")}
        useChoices={usePolicyChoices}
        value={chosen ? [chosen] : []}
        onChange={([one]) => setChosen(one)}
      />
    </FormDialog>
  );
}
