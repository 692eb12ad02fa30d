import type { TFunction } from "i18next";
import { TimeText } from "../../../ui/format";
import type { Column } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import type { Trouble } from "../api";
import type { useAdvice } from "../useAdvice";

/** The columns of the log, searched or live. */
export function columns(t: TFunction<"troubleshooting">, advise: ReturnType<typeof useAdvice>): Column<Trouble>[] {
  const id = (text: string) => (text ? <code title={text}>{text}</code> : <span className="quiet">–</span>);
  return [
    { key: "time", title: t("time"), role: "time", render: (row) => <TimeText at={row.Time / 1000} exact /> },
    {
      key: "event",
      title: t("event"),
      render: (row) => (
        <span className="troubles__event">
          <span>{t(`events.${row.Event}`)}</span>
          <code className="quiet">{row.Command}</code>
        </span>
      ),
    },
    { key: "user", title: t("userId"), role: "id", render: (row) => id(row.UserID) },
    { key: "receiver", title: t("receiver"), role: "id", render: (row) => id(row.Receiver) },
    {
      key: "code",
      title: t("code"),
      role: "state",
      render: (row) => <Tag tone={row.Failed ? "danger" : "success"}>{row.Failed ? row.ErrorCode : t("ok")}</Tag>,
    },
    {
      key: "cause",
      title: t("codeAbout"),
      render: (row) => {
        if (!row.Failed) return <span className="quiet">–</span>;
        const { title, cure } = advise(row);
        return (
          <span className="troubles__cause">
            <span>{title || row.ErrorInfo || t("unknown")}</span>
            {cure && <span className="quiet">{cure}</span>}
          </span>
        );
      },
    },
  ];
}
