import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { Dialog } from "../../../ui/Dialog";
import { DownloadIcon } from "../../../ui/icons";
import { Note } from "../../../ui/Note";

interface Props {
  title: string;
  /** Label and value of everything that is shown once. */
  facts: [label: string, value: string][];
  file: string;
  onClose: () => void;
}

/** Shows credentials once, to be copied or saved: the server does not tell them again. */
export function CredentialsDialog({ title, facts, file, onClose }: Props) {
  const { t } = useTranslation("access");
  const shown = facts.filter(([, value]) => value !== "");
  const save = () => {
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const csv = [shown.map(([label]) => quote(label)), shown.map(([, value]) => quote(value))]
      .map((row) => row.join(","))
      .join("\r\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`\uFEFF${csv}\r\n`], { type: "text/csv" }));
    link.download = file;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Dialog
      title={title}
      width={560}
      onClose={onClose}
      footer={
        <>
          <Button icon={<DownloadIcon />} onClick={save}>
            {t("once.save")}
          </Button>
          <Button kind="primary" onClick={onClose}>
            {t("once.done")}
          </Button>
        </>
      }
    >
      <div className="stack">
        <Note tone="warning">{t("once.about")}</Note>
        <dl className="secret">
          {shown.map(([label, value]) => (
            <div key={label} style={{ display: "contents" }}>
              <dt>{label}</dt>
              <dd>
                <CopyText text={value} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}
