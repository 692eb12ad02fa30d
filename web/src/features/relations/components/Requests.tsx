import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { TimeText } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type FriendRequest, type Owner, useAnswer, useDeleteRequest, useRequests } from "../api";
import { personColumn } from "./personColumn";

/** Requests that wait: those that others sent, and those that this user sent. */
export function Requests({ owner }: { owner: Owner }) {
  const { t } = useTranslation("relations");
  const state = useTableState();
  const direction = state.filter("direction") === "sent" ? "sent" : "received";
  const { data, error, refetch, isPlaceholderData } = useRequests(
    owner,
    direction,
    (state.page - 1) * state.size,
    state.size,
  );
  const [refusing, setRefusing] = useState("");
  const answer = useAnswer();
  const remove = useDeleteRequest();
  const decide = (from: string, Accept: boolean) =>
    answer.mutate(
      { SDKAppID: owner.app, UserID: owner.user, From: from, Accept },
      {
        onSuccess: () => {
          say(t(Accept ? "requests.accepted" : "requests.refused", { user: from }));
          setRefusing("");
        },
        onError: sayError,
      },
    );
  const drop = (Peer: string) =>
    remove.mutate(
      { SDKAppID: owner.app, UserID: owner.user, Peer, Direction: direction },
      { onSuccess: () => say(t("requests.deleted")), onError: sayError },
    );
  return (
    <SettingCard
      title={t("requests.title")}
      actions={
        <div className="row row--tight">
          {(["received", "sent"] as const).map((one) => (
            <Button
              key={one}
              kind={one === direction ? "primary" : "plain"}
              onClick={() => state.set({ direction: one === "sent" ? "sent" : "" })}
            >
              {t(`requests.${one}`)}
            </Button>
          ))}
        </div>
      }
    >
      <ResourceTable<FriendRequest>
        label={t("requests.title")}
        state={state}
        rows={data?.Requests}
        rowKey={(row) => row.UserID}
        paging={{ kind: "offset", total: data?.TotalCount }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          personColumn(owner, (row) => ({ user: row.UserID, nick: row.Nick, src: row.FaceUrl })),
          {
            key: "wording",
            title: t("friends.wording"),
            render: (row) => row.AddWording || <span className="quiet">–</span>,
          },
          {
            key: "source",
            title: t("friends.source"),
            role: "detail",
            render: (row) => row.AddSource.replace("AddSource_Type_", ""),
          },
          { key: "time", title: t("requests.time"), role: "time", render: (row) => <TimeText at={row.AddTime} /> },
        ]}
        actions={(row) => (
          <>
            {direction === "received" && (
              <Locked action="im:AnswerFriendRequest" app={owner.app}>
                {(lock) => (
                  <>
                    <Button kind="text" small {...lock} onClick={() => decide(row.UserID, true)}>
                      {t("requests.accept")}
                    </Button>
                    <Button kind="textDanger" small {...lock} onClick={() => setRefusing(row.UserID)}>
                      {t("requests.refuse")}
                    </Button>
                  </>
                )}
              </Locked>
            )}
            <Locked action="im:DeleteFriendRequest" app={owner.app}>
              {(lock) => (
                <Button kind="text" small {...lock} onClick={() => drop(row.UserID)}>
                  {t("action.delete")}
                </Button>
              )}
            </Locked>
          </>
        )}
        empty={<Empty title={t(`requests.empty.${direction}`)} about={t("requests.emptyAbout")} />}
      />
      {refusing && (
        <Confirm
          title={t("requests.refuseTitle", { user: refusing })}
          submit={t("requests.refuse")}
          busy={answer.isPending}
          error={answer.error}
          onClose={() => setRefusing("")}
          onConfirm={() => decide(refusing, false)}
        >
          <p>{t("requests.refuseAbout", { user: refusing })}</p>
        </Confirm>
      )}
    </SettingCard>
  );
}
