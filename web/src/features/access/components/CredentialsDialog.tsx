import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { Dialog } from "../../../ui/Dialog";
import { DownloadIcon } from "../../../ui/icons";
import { Note } from "../../../ui/Note";
import { csvOf, type Fact } from "./credentials";
import "../access.css";

interface Props {
  title: string;
  /** What is shown once, of each owner: the first fact is its name. */
  owners: Fact[][];
  file: string;
  onClose: () => void;
}

/** Shows credentials once, to be copied or saved: the server does not tell them again. */
export function CredentialsDialog({ title, owners, file, onClose }: Props) {
  const { t } = useTranslation("access");
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`\uFEFF${csvOf(owners)}`], { type: "text/csv" }));
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
        {owners.map((facts) => (
          <dl key={facts[0]?.[1]} className="secret">
            {facts
              .filter(([, value]) => value !== "")
              .map(([label, value]) => (
                <div key={label} style={{ display: "contents" }}>
                  <dt>{label}</dt>
                  <dd>
                    <CopyText text={value} />
                  </dd>
                </div>
              ))}
          </dl>
        ))}
      </div>
    </Dialog>
  );
}
