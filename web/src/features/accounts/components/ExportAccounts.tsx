import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, FormDialog } from "../../../ui/Dialog";
import { ChoiceField } from "../../../ui/Field";
import { JobProgress } from "../../../ui/JobProgress";
import { useExport } from "../api";

interface Props {
  app: number;
  /** Those to export; none: all, or those that the search finds. */
  users: string[];
  keyword: string;
  onClose: () => void;
}

export function ExportAccounts({ app, users, keyword, onClose }: Props) {
  const { t } = useTranslation("accounts");
  const [format, setFormat] = useState<"csv" | "json">("csv");
  const [job, setJob] = useState("");
  const start = useExport();
  if (job) {
    return (
      <Dialog title={t("export.title")} onClose={onClose}>
        <JobProgress id={job} />
      </Dialog>
    );
  }
  const what = users.length
    ? t("export.chosen", { count: users.length })
    : keyword
      ? t("export.found", { keyword })
      : t("export.all");
  return (
    <FormDialog
      title={t("export.title")}
      submit={t("action.export")}
      busy={start.isPending}
      error={start.error}
      onClose={onClose}
      onSubmit={() =>
        start.mutate(
          {
            SDKAppID: app,
            Format: format,
            ...(users.length ? { UserIDs: users } : keyword ? { Keyword: keyword } : {}),
          },
          { onSuccess: ({ JobId }) => setJob(JobId) },
        )
      }
    >
      <p>{what}</p>
      <ChoiceField
        label={t("export.format")}
        value={format}
        onChange={setFormat}
        options={[
          { value: "csv", label: "CSV", about: t("export.csv") },
          { value: "json", label: "JSON", about: t("export.json") },
        ]}
      />
    </FormDialog>
  );
}
