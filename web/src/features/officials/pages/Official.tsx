import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { NotFound } from "../../../frame/Failures";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Avatar } from "../../../ui/Avatar";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { CopyText } from "../../../ui/CopyText";
import { PersonCell } from "../../../ui/cells";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, Page, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Place, type Subscriber, useOfficials, useRemove, useSubscribers } from "../api";
import { AddSubscribers } from "../components/AddSubscribers";
import { DestroyOfficial } from "../components/DestroyOfficial";
import { EditOfficial } from "../components/EditOfficial";
import { SendOfficial } from "../components/SendOfficial";

type Open = { kind: "edit" | "send" | "destroy" | "add" } | { kind: "remove"; users: string[]; clear: () => void };

/** One official account: who follows it, and what it says to them. */
export function Official() {
  const { t } = useTranslation("officials");
  const format = useFormat();
  const navigate = useNavigate();
  const params = useParams({ strict: false }) as { app: string; account: string };
  const place: Place = { app: Number(params.app), account: params.account };
  const state = useTableState();
  // Of those whose ID or name begins with it.
  const found = useOfficials(place.app, place.account, "", 20);
  const official = found.data?.Accounts.find((one) => one.Account === place.account);
  const list = useSubscribers(place, state.after, state.size);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const name = official?.Name || place.account;
  const add = (
    <Locked action="im:AddOfficialSubscribers" app={place.app}>
      {(lock) => (
        <Button icon={<AddIcon />} {...lock} onClick={() => setOpen({ kind: "add" })}>
          {t("subscribers.add")}
        </Button>
      )}
    </Locked>
  );
  if (found.data && !official && !found.isPlaceholderData) return <NotFound />;
  return (
    <Page
      title={name}
      crumb={name}
      media={<Avatar src={official?.FaceUrl ?? ""} name={name} size={56} />}
      parents={[{ title: t("nav.officials"), to: "/apps/$app/officials" }]}
      lead={
        <span className="row">
          <CopyText text={place.account} />
          {official?.Organization && <Tag>{official.Organization}</Tag>}
          {official?.Introduction}
        </span>
      }
      wide
      actions={
        <>
          <ApiCallButton
            calls={[
              {
                title: t("api.send"),
                call: {
                  rest: "official_account_open_http_svc/send_official_account_msg",
                  app: place.app,
                  body: {
                    Official_Account: place.account,
                    Random: 880213,
                    MsgBody: [{ MsgType: "TIMTextElem", MsgContent: { Text: "Hello" } }],
                  },
                },
              },
              {
                title: t("api.add"),
                call: {
                  rest: "official_account_open_http_svc/add_subscriber",
                  app: place.app,
                  body: { Official_Account: place.account, SubscriberList: [{ Subscriber_Account: "mina" }] },
                },
              },
            ]}
          />
          <Locked action="im:DestroyOfficialAccount" app={place.app}>
            {(lock) => (
              <Button
                kind="textDanger"
                title={lock.title}
                disabled={lock.disabled || !official}
                onClick={() => setOpen({ kind: "destroy" })}
              >
                {t("destroy.open")}
              </Button>
            )}
          </Locked>
          <Locked action="im:ModifyOfficialAccount" app={place.app}>
            {(lock) => (
              <Button
                title={lock.title}
                disabled={lock.disabled || !official}
                onClick={() => setOpen({ kind: "edit" })}
              >
                {t("action.edit")}
              </Button>
            )}
          </Locked>
          <Locked action="im:SendOfficialMsg" app={place.app}>
            {(lock) => (
              <Button
                kind="primary"
                title={lock.title}
                disabled={lock.disabled || !official}
                onClick={() => setOpen({ kind: "send" })}
              >
                {t("send.open")}
              </Button>
            )}
          </Locked>
        </>
      }
    >
      <SettingCard
        title={t("subscribers.title")}
        lead={
          list.data
            ? t("subscribers.count", { count: list.data.TotalCount, number: format.number(list.data.TotalCount) })
            : ""
        }
        actions={add}
      >
        <ResourceTable<Subscriber>
          label={t("subscribers.title")}
          state={state}
          rows={list.data?.Subscribers}
          rowKey={(row) => row.UserID}
          paging={{ kind: "cursor", next: list.data?.Cursor ?? "" }}
          error={list.error}
          onRetry={() => list.refetch()}
          stale={list.isPlaceholderData}
          columns={[
            {
              key: "user",
              title: "UserID",
              role: "person",
              render: (row) => <PersonCell app={place.app} user={row.UserID} nick={row.Nick} src={row.FaceUrl} />,
            },
            {
              key: "since",
              title: t("subscribers.since"),
              role: "time",
              render: (row) => <TimeText at={row.SubscribeTime} />,
            },
            {
              key: "muted",
              title: t("subscribers.notices"),
              role: "state",
              render: (row) => t(row.Muted ? "subscribers.muted" : "subscribers.loud"),
            },
          ]}
          bulk={(rows, clear) => (
            <Locked action="im:DeleteOfficialSubscribers" app={place.app}>
              {(lock) => (
                <Button
                  kind="danger"
                  {...lock}
                  onClick={() => setOpen({ kind: "remove", users: rows.map((row) => row.UserID), clear })}
                >
                  {t("action.remove")}
                </Button>
              )}
            </Locked>
          )}
          empty={
            <Empty title={t("subscribers.empty")} about={t("subscribers.emptyAbout")}>
              {add}
            </Empty>
          }
        />
      </SettingCard>
      {open?.kind === "edit" && official && <EditOfficial app={place.app} official={official} onClose={close} />}
      {open?.kind === "send" && <SendOfficial place={place} onClose={close} />}
      {open?.kind === "add" && <AddSubscribers place={place} onClose={close} />}
      {open?.kind === "remove" && (
        <RemoveSubscribers place={place} users={open.users} clear={open.clear} onClose={close} />
      )}
      {open?.kind === "destroy" && (
        <DestroyOfficial
          place={place}
          name={name}
          onClose={close}
          onDone={() => void navigate({ to: "/apps/$app/officials", params: { app: params.app } })}
        />
      )}
    </Page>
  );
}

interface Removing {
  place: Place;
  users: string[];
  clear: () => void;
  onClose: () => void;
}

function RemoveSubscribers({ place, users, clear, onClose }: Removing) {
  const { t } = useTranslation("officials");
  const remove = useRemove();
  return (
    <Confirm
      title={t("remove.title", { count: users.length })}
      submit={t("action.remove")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { SDKAppID: place.app, Account: place.account, UserIDs: users },
          {
            onSuccess: ({ Results }) => {
              const failed = Results.filter((one) => one.Result === 0).length;
              if (failed) say(t("remove.partly", { done: users.length - failed, failed }));
              else say(t("remove.done", { count: users.length }));
              clear();
              onClose();
            },
          },
        )
      }
    >
      <p>{t("remove.about")}</p>
    </Confirm>
  );
}
