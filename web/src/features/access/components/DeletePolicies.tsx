import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { ConfirmByTyping } from "../../../ui/Confirm";
import { Dialog } from "../../../ui/Dialog";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import { type Policy, useBounded, useDeletePolicy } from "../api";
import { UserLink } from "./columns";

type Row = Pick<Policy, "PolicyId" | "PolicyName" | "AttachEntityBoundaryCount">;

interface Props {
  rows: Row[];
  clear: () => void;
  onClose: () => void;
}

/** Deletes policies; where one bounds somebody, it says whom instead. */
export function DeletePolicies({ rows, clear, onClose }: Props) {
  const { t } = useTranslation("access");
  const remove = useDeletePolicy();
  const one = rows[0]?.PolicyName ?? "";
  const title = t("policies.deleteTitle", { count: rows.length });
  const bounding = rows.filter((row) => row.AttachEntityBoundaryCount > 0);
  if (bounding.length) {
    return (
      <Dialog title={title} onClose={onClose} footer={<Button onClick={onClose}>{t("action.close")}</Button>}>
        <div className="stack">
          <Note tone="warning">{t("policies.bounding")}</Note>
          {bounding.map((row) => (
            <Bounding key={row.PolicyId} policy={row} />
          ))}
        </div>
      </Dialog>
    );
  }
  return (
    <ConfirmByTyping
      title={title}
      name={rows.length === 1 ? one : String(rows.length)}
      submit={t("action.delete")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { PolicyId: rows.map(({ PolicyId }) => PolicyId) },
          {
            onSuccess: () => {
              say(t("policies.deleted", { count: rows.length }));
              onClose();
              clear();
            },
          },
        )
      }
    >
      <p className="break">{rows.map(({ PolicyName }) => PolicyName).join(", ")}</p>
      <p>{t("policies.deleteAbout")}</p>
    </ConfirmByTyping>
  );
}

/** As many users are named; all are counted. */
const NAMED = 20;

function Bounding({ policy }: { policy: Row }) {
  const { t } = useTranslation("access");
  const data = useBounded(policy.PolicyId, NAMED).data;
  const more = (data?.TotalNum ?? policy.AttachEntityBoundaryCount) - (data?.List.length ?? 0);
  return (
    <div>
      <strong className="break">{policy.PolicyName}</strong>
      <p className="row">
        {data?.List.map(({ Name }) => (
          <UserLink key={Name} name={Name} />
        ))}
        {more > 0 && <span className="quiet">{t("policy.boundsMore", { count: more })}</span>}
      </p>
    </div>
  );
}
