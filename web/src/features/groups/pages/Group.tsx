import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Avatar } from "../../../ui/Avatar";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { Locked } from "../../../ui/Locked";
import { Loaded, Page } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { Tag } from "../../../ui/Tag";
import { type Group as GroupData, type Place, useGroup } from "../api";
import { groupCalls, TABS, type Tab } from "../apiCalls";
import { DismissGroups } from "../components/DismissGroups";
import { Bans, Mutes } from "../components/Limits";
import { Members } from "../components/Members";
import { Messages } from "../components/Messages";
import { Profile } from "../components/Profile";
import { SendMessage } from "../components/SendMessage";
import { Shared } from "../components/Shared";
import { Topics } from "../components/Topics";

/** One group: what it is, who is in it, what was said there. */
export function Group() {
  const { t } = useTranslation("groups");
  const params = useParams({ strict: false }) as { app: string; group: string };
  const place: Place = { app: Number(params.app), group: params.group };
  const { tab: wanted } = useSearch({ strict: false }) as { tab?: string };
  const query = useGroup(place);
  const navigate = useNavigate();
  const [open, setOpen] = useState<"send" | "dismiss" | "">("");
  const group = query.data;
  const tabs = TABS.filter((one) => one !== "topics" || group?.SupportTopic);
  const tab = (group ? tabs : TABS).find((one) => one === wanted) ?? "profile";
  const room = group?.Operations.includes("visitors");
  const name = group?.Name || params.group;
  // Nowhere to write: messages go to topics, and there are none.
  const mute = Boolean(group?.SupportTopic && !group.Topics.length);
  return (
    <Page
      title={name}
      crumb={name}
      media={<Avatar src={group?.FaceUrl} name={name} size={56} />}
      parents={[{ title: t("nav.chatGroups"), to: "/apps/$app/groups" }]}
      lead={group && <Summary group={group} />}
      wide
      actions={
        <>
          <ApiCallButton
            calls={groupCalls(tab, place, room).map(({ name, call }) => ({ title: t(`api.${name}`), call }))}
          />
          <Locked action="im:DestroyGroup" app={place.app}>
            {(lock) => (
              <Button
                kind="textDanger"
                title={lock.title}
                disabled={lock.disabled || !group}
                onClick={() => setOpen("dismiss")}
              >
                {t("dismiss.open")}
              </Button>
            )}
          </Locked>
          <Locked action="im:SendGroupMsg" app={place.app}>
            {(lock) => (
              <Button
                kind="primary"
                title={lock.title ?? (mute ? t("topics.none") : undefined)}
                disabled={lock.disabled || !group || mute}
                onClick={() => setOpen("send")}
              >
                {t("send.open")}
              </Button>
            )}
          </Locked>
        </>
      }
    >
      <Tabs
        label={name}
        current={tab}
        tabs={tabs.map((key) => ({
          key,
          title: t(key === "members" && room ? "visitors.title" : `tabs.${key}`),
          count:
            key === "members" && group?.Operations.includes("read_members")
              ? group.MemberNum
              : key === "topics"
                ? group?.Topics.length
                : undefined,
        }))}
      />
      <Loaded query={query} rows={8}>
        {(data) => <Part tab={tab} place={place} group={data} />}
      </Loaded>
      {open === "send" && (
        <SendMessage app={place.app} groups={[place.group]} topics={group?.Topics} onClose={() => setOpen("")} />
      )}
      {open === "dismiss" && group && (
        <DismissGroups
          app={place.app}
          groups={[{ id: group.GroupId, name: group.Name, members: group.MemberNum }]}
          onClose={() => setOpen("")}
          onDone={() => void navigate({ to: "/apps/$app/groups", params: { app: params.app } })}
        />
      )}
    </Page>
  );
}

function Part({ tab, place, group }: { tab: Tab; place: Place; group: GroupData }) {
  switch (tab) {
    case "profile":
      return <Profile place={place} group={group} />;
    case "members":
      return <Members place={place} group={group} />;
    case "topics":
      return <Topics place={place} />;
    case "messages":
      return <Messages place={place} group={group} />;
    case "mutes":
      return <Mutes place={place} group={group} />;
    case "bans":
      return <Bans place={place} />;
    case "shared":
      return <Shared group={group} />;
  }
}

function Summary({ group }: { group: GroupData }) {
  const { t } = useTranslation("groups");
  return (
    <span className="row">
      <CopyText text={group.GroupId} />
      <Tag>{t(`types.${group.Type}`)}</Tag>
      {group.MuteAllMember === "On" && <Tag tone="warning">{t("muteAll.tag")}</Tag>}
    </span>
  );
}
