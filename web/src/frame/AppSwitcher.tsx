import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../api/hooks";
import { useApp } from "../api/session";
import { AppStatus, PlanTag } from "../ui/AppTags";
import { ChevronDownIcon } from "../ui/icons";
import { MenuButton } from "../ui/Menu";
import { useMenuApp, useRouteTemplate } from "./nav";

/** Which app the pages below are about; changes it and stays on the same page. */
export function AppSwitcher() {
  const { t } = useTranslation();
  const id = useMenuApp();
  const app = useApp(id).data;
  return (
    <MenuButton
      label={t("switcher.label")}
      triggerClass="switcher"
      align="start"
      width={320}
      trigger={
        <>
          <span className="grow">
            <span className="switcher__name" style={{ display: "block" }}>
              {id ? (app?.Name ?? "…") : t("switcher.choose")}
            </span>
            {id > 0 && <span className="mono quiet">{id}</span>}
            {app && (
              <span className="row row--tight switcher__tags">
                <PlanTag plan={app.Plan} />
                <AppStatus status={app.Status} />
              </span>
            )}
          </span>
          <ChevronDownIcon />
        </>
      }
    >
      {(close) => <Choices close={close} current={id} />}
    </MenuButton>
  );
}

function Choices({ close, current }: { close: () => void; current: number }) {
  const { t } = useTranslation();
  const [keyword, setKeyword] = useState("");
  const navigate = useNavigate();
  const here = useRouteTemplate();
  const { data } = useRead("im/DescribeIMAppList", { Keyword: keyword, Limit: 50 }, { keep: true });
  const go = (app: number) => {
    close();
    // From one account's page the list of accounts is the page that the other app has too.
    const to = here.startsWith("/apps/$app/accounts") ? "/apps/$app/accounts" : here;
    void navigate({
      to: to.startsWith("/apps/$app/") ? to : "/apps/$app/overview",
      params: { app: String(app) },
    } as never);
  };
  return (
    <>
      <div className="menu__search">
        <input
          type="search"
          aria-label={t("switcher.search")}
          placeholder={t("switcher.search")}
          value={keyword}
          onChange={(event) => setKeyword(event.target.value)}
        />
      </div>
      {data?.Apps.map((app) => (
        <button
          key={app.SDKAppID}
          type="button"
          className="menu__item"
          aria-pressed={app.SDKAppID === current}
          onClick={() => go(app.SDKAppID)}
        >
          <span className="grow">
            {app.Name} <span className="mono quiet">{app.SDKAppID}</span>
          </span>
          <AppStatus status={app.Status} quiet />
        </button>
      ))}
      {data?.Apps.length === 0 && <p className="menu__head quiet">{t("table.nothingFound")}</p>}
    </>
  );
}
