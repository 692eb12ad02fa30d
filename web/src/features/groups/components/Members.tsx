import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { PersonCell } from "../../../ui/cells";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { MoreButton } from "../../../ui/Menu";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { useTableState } from "../../../ui/tableState";
import { type Group, type Member, type MembersRequest, type Place, useMembers } from "../api";
import { EndText } from "./EndText";
import { type Act, MemberActs, MemberMenu } from "./MemberActs";
import { Visitors } from "./Visitors";

const ROLES = ["Owner", "Admin", "Member"] as const;

/** The members of a group: who, in what role, since when, and until when muted; of a live room, who is there now. */
export function Members({ place, group }: { place: Place; group: Group }) {
  if (group.Operations.includes("read_members")) return <List place={place} group={group} />;
  return <Visitors place={place} group={group} />;
}

function List({ place, group }: { place: Place; group: Group }) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const state = useTableState();
  const { data, error, refetch, isPlaceholderData } = useMembers({
    SDKAppID: place.app,
    GroupId: place.group,
    Keyword: state.keyword || undefined,
    Role: (state.filter("role") as MembersRequest["Role"]) || undefined,
    Offset: (state.page - 1) * state.size,
    Limit: state.size,
  });
  const [act, setAct] = useState<Act>();
  const may = (name: string) => group.Operations.includes(name);
  const add = may("add") && (
    <Locked action="im:AddGroupMember" app={place.app}>
      {(lock) => (
        <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setAct({ what: "add" })}>
          {t("memberList.add")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard
      title={t("tabs.members")}
      lead={t("memberList.count", { number: format.number(group.MemberNum), max: format.number(group.MaxMemberNum) })}
      actions={add}
    >
      <ResourceTable<Member>
        label={t("tabs.members")}
        state={state}
        search={t("memberList.search")}
        filters={[
          { name: "role", label: t("role"), options: ROLES.map((value) => ({ value, label: t(`roles.${value}`) })) },
        ]}
        rows={data?.Members}
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
            render: (row) =>
              row.Role === "Member" ? t("roles.Member") : <Tag tone="primary">{t(`roles.${row.Role}`)}</Tag>,
          },
          { key: "card", title: t("nameCard"), role: "detail", render: (row) => row.NameCard || "–" },
          { key: "joined", title: t("joined"), role: "time", render: (row) => <TimeText at={row.JoinTime} /> },
          { key: "spoke", title: t("lastSent"), role: "time", render: (row) => <TimeText at={row.LastSendTime} /> },
          { key: "muted", title: t("mutedUntil"), role: "time", render: (row) => <EndText at={row.MuteUntil} /> },
        ]}
        bulk={(rows, clear) => {
          const users = rows.map((row) => row.UserID);
          return (
            <>
              {may("mute") && (
                <Locked action="im:ForbidSendMessage" app={place.app}>
                  {(lock) => (
                    <Button {...lock} onClick={() => setAct({ what: "mute", users, clear })}>
                      {t("mute.open")}
                    </Button>
                  )}
                </Locked>
              )}
              {may("kick") && (
                <Locked action="im:DeleteGroupMember" app={place.app}>
                  {(lock) => (
                    <Button kind="textDanger" {...lock} onClick={() => setAct({ what: "remove", users, clear })}>
                      {t("action.remove")}
                    </Button>
                  )}
                </Locked>
              )}
            </>
          );
        }}
        actions={(row) => (
          <MoreButton label={t("rowMenu", { name: row.UserID })}>
            {(close) => <MemberMenu place={place} group={group} member={row} close={close} act={setAct} />}
          </MoreButton>
        )}
        empty={
          <Empty title={t("memberList.empty")} about={t("memberList.emptyAbout")}>
            {add}
          </Empty>
        }
      />
      {act && <MemberActs place={place} act={act} onClose={() => setAct(undefined)} />}
    </SettingCard>
  );
}
