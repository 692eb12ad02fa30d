import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../../../api/session";
import { PersonCell } from "../../../ui/cells";
import { TimeText, useFormat } from "../../../ui/format";
import { MenuItem, MoreButton } from "../../../ui/Menu";
import { Empty, RefreshButton, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Group, type Place, useMute, useVisitors, type Visitor } from "../api";
import { EndText } from "./EndText";
import { type Act, MemberActs } from "./MemberActs";

/** Who is in a live room at the moment: it keeps no members. */
export function Visitors({ place, group }: { place: Place; group: Group }) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const state = useTableState();
  const { data, error, refetch, isPlaceholderData, isFetching } = useVisitors({
    SDKAppID: place.app,
    GroupId: place.group,
    Keyword: state.keyword || undefined,
    Offset: (state.page - 1) * state.size,
    Limit: state.size,
  });
  const [act, setAct] = useState<Act>();
  return (
    <SettingCard
      title={t("visitors.title")}
      lead={
        data &&
        t("visitors.count", { count: data.Online, number: format.number(data.Online), most: format.number(data.Most) })
      }
      actions={<RefreshButton busy={isFetching} onClick={() => void refetch()} />}
    >
      <ResourceTable<Visitor>
        label={t("visitors.title")}
        state={state}
        search={t("memberList.search")}
        rows={data?.Visitors}
        rowKey={(row) => row.UserID}
        paging={{ kind: "offset", total: data?.TotalCount }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          {
            key: "id",
            title: "UserID",
            role: "person",
            render: (row) => <PersonCell app={place.app} user={row.UserID} nick={row.Nick} src={row.FaceUrl} />,
          },
          {
            key: "role",
            title: t("role"),
            role: "state",
            render: (row) => (
              <>
                {row.Role === "Member" ? t("roles.Member") : <Tag tone="primary">{t(`roles.${row.Role}`)}</Tag>}{" "}
                {row.Robot && <Tag>{t("visitors.robot")}</Tag>}
              </>
            ),
          },
          {
            key: "joined",
            title: t("visitors.entered"),
            role: "time",
            render: (row) => <TimeText at={row.JoinTime} />,
          },
          { key: "muted", title: t("mutedUntil"), role: "time", render: (row) => <EndText at={row.MuteUntil} /> },
        ]}
        actions={(row) => (
          <MoreButton label={t("rowMenu", { name: row.UserID })}>
            {(close) => (
              <VisitorMenu place={place} visitor={row} close={close} act={setAct} owner={group.Owner.UserID} />
            )}
          </MoreButton>
        )}
        empty={<Empty title={t("visitors.empty")} about={t("visitors.emptyAbout")} />}
      />
      {act && <MemberActs place={place} act={act} onClose={() => setAct(undefined)} />}
    </SettingCard>
  );
}

interface MenuProps {
  place: Place;
  visitor: Visitor;
  owner: string;
  close: () => void;
  act: (act: Act) => void;
}

function VisitorMenu({ place, visitor, owner, close, act }: MenuProps) {
  const { t } = useTranslation("groups");
  const mayMute = useAllowed("im:ForbidSendMessage", place.app);
  const mayBan = useAllowed("im:AddGroupBan", place.app);
  const mute = useMute();
  const user = visitor.UserID;
  const open = (what: "mute" | "ban") => () => {
    close();
    act({ what, users: [user] });
  };
  const unmute = () => {
    close();
    mute.mutate(
      { SDKAppID: place.app, GroupId: place.group, UserIDs: [user], Seconds: 0 },
      { onSuccess: () => say(t("mute.ended", { user })), onError: sayError },
    );
  };
  return (
    <>
      <MenuItem disabled={mayMute === false} onClick={open("mute")}>
        {t("mute.open")}
      </MenuItem>
      {visitor.MuteUntil > 0 && (
        <MenuItem disabled={mayMute === false} onClick={unmute}>
          {t("mute.end")}
        </MenuItem>
      )}
      {user !== owner && (
        <MenuItem danger disabled={mayBan === false} onClick={open("ban")}>
          {t("ban.open")}
        </MenuItem>
      )}
    </>
  );
}
