import "../inbox.css";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "../../../api/hooks";
import { useWho } from "../../../api/session";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { TimeText, useFormat } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Caught, KINDS, MOST, useInbox } from "../api";
import { RequestFacts } from "../components/RequestFacts";

/** Callbacks and pushes of development mode, as they would have gone out. */
export function Inbox() {
  const { t } = useTranslation("inbox");
  const app = Number(useParams({ strict: false }).app);
  const who = useWho();
  return (
    <Page
      title={t("nav.inbox")}
      lead={t("lead")}
      wide
      actions={
        <ApiCallButton
          calls={[{ title: t("api"), call: { cloud: "im/DescribeDevelopmentInbox", body: { SDKAppID: app } } }]}
        />
      }
    >
      {who && !who.Development ? <Empty title={t("off.title")} about={<Off />} /> : <Requests app={app} />}
    </Page>
  );
}

function Requests({ app }: { app: number }) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const state = useTableState();
  const kind = KINDS.find((one) => one === state.filter("kind")) ?? "";
  const { requests, error, again } = useInbox(app, kind, state.keyword.trim());
  const [shown, setShown] = useState<Caught>();
  const clear = useChange("im/ClearDevelopmentInbox");
  const empty = () =>
    clear.mutate(
      { SDKAppID: app },
      {
        onSuccess: ({ Count }) => {
          say(t("cleared", { count: Count, number: format.number(Count) }));
          again();
        },
        onError: sayError,
      },
    );
  return (
    <section className="card">
      <div className="card__body stack">
        <p className="quiet" role="status">
          {t("live", { most: MOST })}
        </p>
        <ResourceTable<Caught>
          label={t("nav.inbox")}
          state={state}
          search={t("search")}
          filters={[
            { name: "kind", label: t("kind"), options: KINDS.map((value) => ({ value, label: t(`kinds.${value}`) })) },
          ]}
          tools={
            <Locked action="im:ClearDevelopmentInbox" app={app}>
              {(lock) => (
                <Button title={lock.title} disabled={lock.disabled} busy={clear.isPending} onClick={empty}>
                  {t("clear")}
                </Button>
              )}
            </Locked>
          }
          rows={requests}
          rowKey={(row) => String(row.Number)}
          error={requests ? undefined : error}
          onRetry={again}
          stale={Boolean(requests && error)}
          columns={[
            { key: "time", title: t("time"), role: "time", render: (row) => <TimeText at={row.Time / 1000} exact /> },
            {
              key: "name",
              title: t("name"),
              role: "person",
              render: (row) => (
                <button type="button" className="linklike oneline" onClick={() => setShown(row)}>
                  {row.Name}
                </button>
              ),
            },
            { key: "kind", title: t("kind"), role: "state", render: (row) => <Tag>{t(`kinds.${row.Kind}`)}</Tag> },
            {
              key: "user",
              title: t("user"),
              role: "id",
              render: (row) =>
                row.UserID ? <code className="oneline">{row.UserID}</code> : <span className="quiet">–</span>,
            },
            {
              key: "body",
              title: t("body"),
              role: "detail",
              render: (row) => <code className="inbox__body">{row.Body.slice(0, 200)}</code>,
            },
          ]}
          empty={<Empty title={t("empty.title")} about={t("empty.about")} />}
        />
      </div>
      {shown && <RequestFacts request={shown} onClose={() => setShown(undefined)} />}
    </section>
  );
}

/** How one gets there: a command stays on its line. */
function Off() {
  const { t } = useTranslation("inbox");
  const [before, after] = t("off.about", { command: "\n" }).split("\n");
  return (
    <>
      {before}
      <code className="nowrap">sodam serve --dev</code>
      {after}
    </>
  );
}
