import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AppStatus, PlanTag } from "../../../ui/AppTags";
import { CopyText } from "../../../ui/CopyText";
import { TimeText } from "../../../ui/format";
import { Tag } from "../../../ui/Tag";
import type { AppCard } from "../api";
import { AppMenu } from "./AppMenu";
import { ComparePlans } from "./ComparePlans";

export function AppCardView({ app }: { app: AppCard }) {
  const { t } = useTranslation("apps");
  const [open, setOpen] = useState(false);
  return (
    <li className="appcard card">
      <div className="appcard__head">
        <h2 className="appcard__name">
          <Link to="/apps/$app/overview" params={{ app: String(app.SDKAppID) }}>
            {app.Name}
          </Link>
        </h2>
        <AppMenu app={app} />
      </div>
      <div className="row">
        <PlanTag plan={app.Plan} />
        <AppStatus status={app.Status} />
      </div>
      <dl className="appcard__facts">
        <dt>SDKAppID</dt>
        <dd>
          <CopyText text={String(app.SDKAppID)} />
        </dd>
        <dt>{t("created")}</dt>
        <dd>
          <TimeText at={app.CreateTime} dateOnly />
        </dd>
        <dt>{t("expires")}</dt>
        <dd>
          {app.Status === "expired" ? (
            t("app.status.expired")
          ) : app.ExpireTime ? (
            <TimeText at={app.ExpireTime} dateOnly />
          ) : (
            t("noEnd")
          )}
        </dd>
      </dl>
      {app.Plan !== "Flagship" && (
        <div>
          <button type="button" className="linklike" onClick={() => setOpen(true)}>
            {t("compare.card")}
          </button>
        </div>
      )}
      {open && <ComparePlans current={app.Plan} onClose={() => setOpen(false)} />}
      {app.Tags.length > 0 && (
        <div className="row row--tight">
          {app.Tags.slice(0, 4).map(({ Key, Value }) => (
            <Tag key={Key}>{Value ? `${Key}: ${Value}` : Key}</Tag>
          ))}
          {app.Tags.length > 4 && <span className="quiet">+{app.Tags.length - 4}</span>}
        </div>
      )}
    </li>
  );
}
