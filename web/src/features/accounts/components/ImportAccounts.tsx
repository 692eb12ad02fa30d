import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../../api/hooks";
import { Dialog, FormDialog } from "../../../ui/Dialog";
import { useFormat } from "../../../ui/format";
import { UploadIcon } from "../../../ui/icons";
import { isOver, JobProgress } from "../../../ui/JobProgress";
import { Note } from "../../../ui/Note";
import { type FileFault, MAX_FILE, readAccountFile } from "../accountFile";
import { LISTS, useImport, useRunningImport } from "../api";
import { ImportReport } from "./ImportReport";
import "../accounts.css";

/** A file with accounts: chosen, sent, followed while it is imported, and the refused rows with their reasons. */
export function ImportAccounts({ app, onClose }: { app: number; onClose: () => void }) {
  const { t } = useTranslation("accounts");
  const format = useFormat();
  const [file, setFile] = useState<File>();
  const [fault, setFault] = useState<FileFault | "unreadable">();
  const [reading, setReading] = useState(false);
  const [job, setJob] = useState("");
  const start = useImport();
  const running = useRunningImport(app);
  if (job) return <Running job={job} onClose={onClose} />;
  const choose = (chosen: File) => {
    setFile(chosen);
    setFault(undefined);
    start.reset();
  };
  const send = async () => {
    if (!file) return;
    setReading(true);
    // A file that was changed or removed after it was chosen cannot be read at all.
    const read = await readAccountFile(file).catch(() => ({ fault: "unreadable" as const }));
    setReading(false);
    if ("fault" in read) return setFault(read.fault);
    const Format = file.name.toLowerCase().endsWith(".json") ? "json" : "csv";
    start.mutate({ SDKAppID: app, Format, Content: read.text }, { onSuccess: ({ JobId }) => setJob(JobId) });
  };
  return (
    <FormDialog
      title={t("import.title")}
      width={600}
      submit={t("action.import")}
      busy={reading || start.isPending}
      disabled={!file || !!fault}
      error={start.error}
      onClose={onClose}
      onSubmit={() => void send()}
    >
      <p>{t("import.about")}</p>
      {running && (
        <Note>
          <div className="stack stack--tight">
            <p>{t("import.underWay")}</p>
            <JobProgress id={running.JobId} />
          </div>
        </Note>
      )}
      <DropFile file={file} onFile={choose} />
      {fault && (
        <div role="alert">
          <Note tone="error">{t(`import.${fault}`, { size: format.bytes(MAX_FILE) })}</Note>
        </div>
      )}
      <details>
        <summary>{t("import.example")}</summary>
        <div className="stack stack--tight">
          <span className="quiet">CSV</span>
          <pre className="pre">
            {"UserID,Nick,FaceUrl,Tag_Profile_IM_Level\nmina,Mina,https://example.com/mina.png,3\njoon,Joon,,1"}
          </pre>
          <span className="quiet">JSON</span>
          <pre className="pre">
            {'[{"UserID": "mina", "Nick": "Mina", "Profile": {"Tag_Profile_IM_Level": 3}},\n {"UserID": "joon"}]'}
          </pre>
        </div>
      </details>
    </FormDialog>
  );
}

function DropFile({ file, onFile }: { file?: File; onFile: (file: File) => void }) {
  const { t } = useTranslation("accounts");
  const format = useFormat();
  const [over, setOver] = useState(false);
  return (
    <label
      className={`drop ${over ? "drop--over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const dropped = event.dataTransfer.files[0];
        if (dropped) onFile(dropped);
      }}
    >
      <UploadIcon />
      <strong className="break">{file ? file.name : t("import.choose")}</strong>
      <span className="quiet">{file ? format.bytes(file.size) : t("import.types")}</span>
      <input
        type="file"
        accept=".csv,.json,text/csv,application/json"
        className="visually-hidden"
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen) onFile(chosen);
        }}
      />
    </label>
  );
}

function Running({ job, onClose }: { job: string; onClose: () => void }) {
  const { t } = useTranslation("accounts");
  const client = useQueryClient();
  const { data } = useRead("im/DescribeJob", { JobId: job });
  const over = data ? isOver(data) : false;
  // A short job may begin and end between two looks of the bell.
  useEffect(() => {
    if (over) for (const name of LISTS) void client.invalidateQueries({ queryKey: [name] });
  }, [over, client]);
  return (
    <Dialog title={t("import.title")} width={640} onClose={onClose}>
      <div className="stack">
        <JobProgress id={job} />
        {data && over && data.Refused > 0 && <ImportReport job={job} />}
      </div>
    </Dialog>
  );
}
