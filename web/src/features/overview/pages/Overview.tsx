import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useAllowed, useApp, useWho } from "../../../api/session";
import { ApiCallButton } from "../../../ui/ApiCall";
import { AppStatus, PlanTag } from "../../../ui/AppTags";
import { CopyText } from "../../../ui/CopyText";
import { useFormat } from "../../../ui/format";
import { Loaded, Page, SettingCard } from "../../../ui/Page";
import { isOfficial } from "../../accounts/api";
import { useFirstAccounts, useNow, useSteps } from "../api";
import { Checklist } from "../components/Checklist";
import { TestChat } from "../components/TestChat";
import "../overview.css";

/** The first page of an app: what one needs to reach it, the way to the first message, and a place to try it. */
export function Overview() {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const id = Number(useParams({ strict: false }).app);
  const app = useApp(id);
  const demo = useWho()?.DemoPage;
  const mayList = useAllowed("im:DescribeAccountList", id);
  const accounts = useFirstAccounts(id, mayList === true);
  const { data: now } = useNow(id);
  const { done, mark } = useSteps(id);
  // Administrators are for servers, and nobody signs in as an official account; who tries the app out is a user.
  const users = (accounts.data?.Accounts ?? [])
    .filter(({ UserID, Type }) => Type === "ordinary" && !isOfficial(UserID))
    .map(({ UserID }) => UserID);
  const { as } = useSearch({ strict: false }) as { as?: string };
  // Whom an account's page has sent here writes at the left.
  const pair = as ? [as, ...users.filter((user) => user !== as)] : users;
  const origin = location.origin;
  const params = { app: String(id) };
  return (
    <Page
      title={app.data?.Name ?? t("nav.appOverview")}
      crumb={t("nav.appOverview")}
      lead={t("lead")}
      actions={
        <ApiCallButton
          calls={[{ title: t("api"), call: { cloud: "im/DescribeSdkAppInfo", body: { SDKAppID: id } } }]}
        />
      }
    >
      <Loaded query={app} rows={8}>
        {(one) => (
          <>
            <SettingCard title={t("facts.title")}>
              <dl className="facts">
                <div>
                  <dt>SDKAppID</dt>
                  <dd>
                    <CopyText text={String(one.SDKAppID)} />
                  </dd>
                </div>
                <div className="facts__long">
                  <dt>{t("facts.rest")}</dt>
                  <dd>
                    <CopyText text={origin} />
                  </dd>
                </div>
                <div className="facts__long">
                  <dt>{t("facts.proxy")}</dt>
                  <dd>
                    <CopyText text={origin.replace(/^http/, "ws")} />
                  </dd>
                </div>
                <div>
                  <dt>{t("facts.key")}</dt>
                  <dd className="row">
                    <span className="mono">{one.Keys[0]?.Masked}</span>
                    <Link to="/apps/$app/basic" params={params}>
                      {t("facts.showKey")}
                    </Link>
                  </dd>
                </div>
                {demo && (
                  <div>
                    <dt>{t("facts.demo")}</dt>
                    <dd>
                      <a href={demo} target="_blank" rel="noreferrer">
                        {demo}
                      </a>
                    </dd>
                  </div>
                )}
                <div>
                  <dt>{t("facts.plan")}</dt>
                  <dd className="row">
                    <PlanTag plan={one.Plan} />
                    <AppStatus status={one.Status} />
                    {one.Plan !== "Flagship" && (
                      <Link to="/apps/$app/plan" params={params}>
                        {t("facts.upgrade")}
                      </Link>
                    )}
                  </dd>
                </div>
                <div>
                  <dt>{t("facts.accounts")}</dt>
                  <dd>
                    <Link to="/apps/$app/accounts" params={params}>
                      {format.number(now?.AccountCount ?? one.AccountCount)}
                    </Link>
                    {typeof one.Limits.Accounts === "number" && ` / ${format.number(one.Limits.Accounts)}`}
                  </dd>
                </div>
                {now && (
                  <>
                    <div>
                      <dt>{t("facts.online")}</dt>
                      <dd aria-live="polite" className="overview__online" data-some={now.OnlineNow > 0}>
                        {format.number(now.OnlineNow)}
                      </dd>
                    </div>
                    <div>
                      <dt>{t("facts.messages")}</dt>
                      <dd aria-live="polite">{format.number(now.MessagesToday)}</dd>
                    </div>
                  </>
                )}
              </dl>
            </SettingCard>
            <Checklist app={id} users={users} done={done} mark={mark} />
            <TestChat
              app={id}
              users={pair}
              calls={{ on: one.Calls, relay: one.CallRelay }}
              onSigned={() => mark("signed")}
              onDelivered={() => mark("delivered")}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}
