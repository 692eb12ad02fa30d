import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { NameCell } from "../../../ui/cells";
import { Dialog } from "../../../ui/Dialog";
import { TimeText, useFormat } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Empty, RefreshButton, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Config, type Delivery, OUTCOMES, useLog, useResend } from "../api";
import { subjectOf } from "../subject";
import { useCommandName } from "../useCommandName";
import { DeliveryFacts, OutcomeTag, took } from "./DeliveryFacts";
import { ALSO, LogFilters, periodOf } from "./LogFilters";
import { ResendSince } from "./ResendSince";

const EVERY = { command: "", outcome: "" };

/** What was sent and what came back, newest first; everything can be sent again. */
export function Log({ app, config }: { app: number; config: Config }) {
  const { t } = useTranslation("webhooks");
  const format = useFormat();
  const nameOf = useCommandName();
  const state = useTableState();
  const outcome = state.filter("outcome");
  const [now, setNow] = useState(() => Math.floor(Date.now() / 1000));
  const query = useLog(app, Number(state.after) || 0, state.size, {
    Command: state.filter("command"),
    FailedOnly: outcome === "failed",
    Outcome: outcome === "failed" ? "" : outcome,
    EventId: state.filter("id"),
    Url: state.filter("url"),
    ...periodOf(state, now),
  });
  const { data, error, refetch, isPlaceholderData, isFetching } = query;
  const [shown, setShown] = useState<Delivery>();
  const [since, setSince] = useState(false);
  const resend = useResend();
  const send = (one: Delivery) =>
    resend.mutate(
      { SDKAppID: app, DeliveryId: one.DeliveryId },
      { onSuccess: () => say(t("resend.done", { count: 1, number: "1" })), onError: sayError },
    );
  const again = (row: Delivery, small: boolean) => (
    <Locked action="im:ResendCallback" app={app}>
      {(lock) => (
        <Button
          kind={small ? "text" : "primary"}
          small={small}
          title={row.Request ? lock.title : t("resend.tooLong")}
          disabled={lock.disabled || !row.Request || !config.Url}
          busy={!small && resend.isPending}
          onClick={() => send(row)}
        >
          {t("resend.one")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard
      title={t("log.title")}
      lead={t("log.lead")}
      actions={
        <>
          <RefreshButton busy={isFetching} onClick={() => void refetch()} />
          <Locked action="im:ResendCallback" app={app}>
            {(lock) => (
              <Button title={lock.title} disabled={lock.disabled || !config.Url} onClick={() => setSince(true)}>
                {t("resend.since")}
              </Button>
            )}
          </Locked>
        </>
      }
    >
      <ResourceTable<Delivery>
        label={t("log.title")}
        state={state}
        filters={[
          {
            name: "command",
            label: t("log.command"),
            options: config.Commands.map(({ Command }) => ({ value: Command, label: nameOf(Command) })),
          },
          {
            name: "outcome",
            label: t("log.outcome"),
            options: OUTCOMES.map((value) => ({
              value,
              label: t(value === "failed" ? "log.failedOnly" : `outcome.${value}`),
            })),
          },
        ]}
        tools={<LogFilters state={state} onSpan={() => setNow(Math.floor(Date.now() / 1000))} />}
        also={[...ALSO]}
        rows={data?.Deliveries}
        rowKey={(row) => String(row.DeliveryId)}
        paging={{ kind: "cursor", next: data?.Next ? String(data.Next) : "" }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          {
            key: "command",
            title: t("log.command"),
            role: "person",
            render: (row) => (
              <NameCell name={nameOf(row.Command)} more={subjectOf(row.Request)} onOpen={() => setShown(row)} />
            ),
          },
          { key: "outcome", title: t("log.outcome"), role: "state", render: (row) => <OutcomeTag delivery={row} /> },
          {
            key: "attempt",
            title: t("log.attempt"),
            number: true,
            render: (row) => format.number(row.Attempt),
          },
          { key: "took", title: t("log.took"), number: true, render: (row) => took(format, row) },
          {
            key: "time",
            title: t("log.time"),
            role: "time",
            render: (row) => <TimeText at={Math.floor(row.Time / 1000)} exact />,
          },
        ]}
        actions={(row) => again(row, true)}
        empty={<Empty title={t("log.empty")} about={t("log.emptyAbout")} />}
      />
      {shown && (
        <Dialog
          title={nameOf(shown.Command)}
          at="right"
          width={720}
          onClose={() => setShown(undefined)}
          footer={
            <>
              <Button
                onClick={() => {
                  setShown(undefined);
                  state.set({ ...Object.fromEntries(ALSO.map((name) => [name, ""])), ...EVERY, id: shown.EventId });
                }}
              >
                {t("log.tries")}
              </Button>
              {again(shown, false)}
            </>
          }
        >
          <DeliveryFacts delivery={shown} />
        </Dialog>
      )}
      {since && <ResendSince app={app} onClose={() => setSince(false)} />}
    </SettingCard>
  );
}
