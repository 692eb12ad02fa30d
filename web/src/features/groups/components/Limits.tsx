import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { PersonCell } from "../../../ui/cells";
import { Locked } from "../../../ui/Locked";
import { Note } from "../../../ui/Note";
import { Empty, SettingCard } from "../../../ui/Page";
import type { Paging } from "../../../ui/Pager";
import { ResourceTable } from "../../../ui/ResourceTable";
import { say, sayError } from "../../../ui/Toasts";
import { type TableState, useTableState } from "../../../ui/tableState";
import { type Group, type Place, type Until, useBans, useMute, useMutes, useUnban } from "../api";
import { BanMembers } from "./BanMembers";
import { EndText } from "./EndText";
import { MuteMembers } from "./MuteMembers";

/** Who is muted, member or not. */
export function Mutes({ place, group }: { place: Place; group: Group }) {
  const { t } = useTranslation("groups");
  return group.Operations.includes("mute") ? <MuteList place={place} /> : <Note>{t("mute.none")}</Note>;
}

function MuteList({ place }: { place: Place }) {
  const { t } = useTranslation("groups");
  const state = useTableState();
  const query = useMutes(place, (state.page - 1) * state.size, state.size);
  const mute = useMute();
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <List
        title={t("tabs.mutes")}
        place={place}
        state={state}
        rows={query.data?.Mutes}
        query={query}
        paging={{ kind: "offset", total: query.data?.TotalCount }}
        action="im:ForbidSendMessage"
        add={t("mute.open")}
        end={t("mute.end")}
        empty={<Empty title={t("mute.empty")} about={t("mute.about")} />}
        onAdd={() => setOpen(true)}
        onEnd={(user) =>
          mute.mutate(
            { SDKAppID: place.app, GroupId: place.group, UserIDs: [user], Seconds: 0 },
            { onSuccess: () => say(t("mute.ended", { user })), onError: sayError },
          )
        }
      />
      {open && <MuteMembers place={place} users={[]} onClose={close} onDone={close} />}
    </>
  );
}

/** Who may not come in. */
export function Bans({ place }: { place: Place }) {
  const { t } = useTranslation("groups");
  const state = useTableState();
  const query = useBans(place, Number(state.after) || 0, state.size);
  const unban = useUnban();
  const [open, setOpen] = useState(false);
  return (
    <>
      <List
        title={t("tabs.bans")}
        place={place}
        state={state}
        rows={query.data?.Bans}
        query={query}
        paging={{ kind: "cursor", next: query.data?.Next ? String(query.data.Next) : "" }}
        action="im:AddGroupBan"
        reasons
        add={t("ban.open")}
        end={t("ban.end")}
        empty={<Empty title={t("ban.empty")} about={t("ban.about")} />}
        onAdd={() => setOpen(true)}
        onEnd={(user) =>
          unban.mutate(
            { SDKAppID: place.app, GroupId: place.group, UserIDs: [user] },
            { onSuccess: () => say(t("ban.ended", { user })), onError: sayError },
          )
        }
      />
      {open && <BanMembers place={place} users={[]} onClose={() => setOpen(false)} />}
    </>
  );
}

/** A mute, or a ban with its reason. */
type Ended = Until & { Reason?: string };

interface ListProps {
  title: string;
  place: Place;
  state: TableState;
  rows: Ended[] | undefined;
  query: { error: unknown; refetch: () => unknown; isPlaceholderData: boolean };
  paging: Paging;
  /** What one must be allowed to begin one. */
  action: string;
  /** They have one each. */
  reasons?: boolean;
  add: string;
  end: string;
  empty: React.ReactNode;
  onAdd: () => void;
  onEnd: (user: string) => void;
}

function List(props: ListProps) {
  const { t } = useTranslation("groups");
  const { place, query } = props;
  const ending = props.action === "im:AddGroupBan" ? "im:DeleteGroupBan" : props.action;
  return (
    <SettingCard
      title={props.title}
      actions={
        <Locked action={props.action} app={place.app}>
          {(lock) => (
            <Button {...lock} onClick={props.onAdd}>
              {props.add}
            </Button>
          )}
        </Locked>
      }
    >
      <ResourceTable<Ended>
        label={props.title}
        state={props.state}
        rows={props.rows}
        rowKey={(row) => row.UserID}
        paging={props.paging}
        error={query.error}
        onRetry={() => query.refetch()}
        stale={query.isPlaceholderData}
        columns={[
          {
            key: "id",
            title: "UserID",
            role: "person",
            render: (row) => <PersonCell app={place.app} user={row.UserID} nick={row.Nick} src={row.FaceUrl} />,
          },
          ...(props.reasons
            ? [
                {
                  key: "why",
                  title: t("ban.why"),
                  render: (row: Ended) => <span className="break">{row.Reason || "–"}</span>,
                },
              ]
            : []),
          { key: "until", title: t("until"), role: "time", render: (row) => <EndText at={row.Until} /> },
        ]}
        actions={(row) => (
          <Locked action={ending} app={place.app}>
            {(lock) => (
              <Button kind="text" small {...lock} onClick={() => props.onEnd(row.UserID)}>
                {props.end}
              </Button>
            )}
          </Locked>
        )}
        empty={props.empty}
      />
    </SettingCard>
  );
}
