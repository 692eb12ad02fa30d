import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { PersonCell } from "../../../ui/cells";
import { TimeText, useFormat } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { SettingCard, SettingRow } from "../../../ui/Page";
import { Switch } from "../../../ui/Switch";
import { say, sayError } from "../../../ui/Toasts";
import { type Group, type Place, useModify } from "../api";
import { EditGroup } from "./EditGroup";
import { EditOptions } from "./EditOptions";

/** What describes a group, and its options. */
export function Profile({ place, group }: { place: Place; group: Group }) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const [open, setOpen] = useState<"texts" | "options">();
  const edit = (what: "texts" | "options") => (
    <Locked action="im:ModifyGroupBaseInfo" app={place.app}>
      {(lock) => (
        <Button icon={<EditIcon />} {...lock} onClick={() => setOpen(what)}>
          {t("action.edit")}
        </Button>
      )}
    </Locked>
  );
  const texts: [string, string][] = [
    [t("name"), group.Name],
    [t("introduction"), group.Introduction],
    [t("notification"), group.Notification],
    [t("faceUrl"), group.FaceUrl],
  ];
  return (
    <>
      <SettingCard title={t("tabs.profile")} actions={edit("texts")}>
        <dl className="facts">
          <div>
            <dt>GroupID</dt>
            <dd>
              <CopyText text={group.GroupId} />
            </dd>
          </div>
          <div>
            <dt>{t("owner")}</dt>
            <dd>
              {group.Owner.UserID ? (
                <PersonCell
                  app={place.app}
                  user={group.Owner.UserID}
                  nick={group.Owner.Nick}
                  src={group.Owner.FaceUrl}
                />
              ) : (
                t("noOwner")
              )}
            </dd>
          </div>
          {texts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value ? <span className="break">{value}</span> : <span className="quiet">–</span>}</dd>
            </div>
          ))}
          <div>
            <dt>{t("created")}</dt>
            <dd>
              <TimeText at={group.CreateTime} />
            </dd>
          </div>
          <div>
            <dt>{t("lastInfo")}</dt>
            <dd>
              <TimeText at={group.LastInfoTime} />
            </dd>
          </div>
          <div>
            <dt>{t("lastMsg")}</dt>
            <dd>
              <TimeText at={group.LastMsgTime} />
            </dd>
          </div>
        </dl>
      </SettingCard>
      <SettingCard title={t("options.title")} lead={t("options.lead")} actions={edit("options")}>
        {(["ApplyJoinOption", "InviteJoinOption"] as const).map((name) => (
          <SettingRow key={name} name={t(`options.${name}`)} about={t(`optionsAbout.${name}`)}>
            <strong>{t(`optionValues.${group[name]}`)}</strong>
          </SettingRow>
        ))}
        {group.Choices.includes("HistoryMsgBeforeJoin") && (
          <SettingRow name={t("options.HistoryMsgBeforeJoin")} about={t("optionsAbout.HistoryMsgBeforeJoin")}>
            <strong>{t(`optionValues.${group.HistoryMsgBeforeJoin}`)}</strong>
          </SettingRow>
        )}
        {group.MaxMemberNum > 0 && (
          <SettingRow name={t("options.MaxMemberNum")} about={t("optionsAbout.MaxMemberNum")}>
            <strong>{format.number(group.MaxMemberNum)}</strong>
          </SettingRow>
        )}
        <MuteAll place={place} group={group} />
      </SettingCard>
      {open === "texts" && <EditGroup place={place} group={group} onClose={() => setOpen(undefined)} />}
      {open === "options" && <EditOptions place={place} group={group} onClose={() => setOpen(undefined)} />}
    </>
  );
}

/** Acts at once and can be taken back. */
function MuteAll({ place, group }: { place: Place; group: Group }) {
  const { t } = useTranslation("groups");
  const modify = useModify();
  const on = group.MuteAllMember === "On";
  const apply = (next: boolean, undo: boolean) =>
    modify.mutate(
      { SDKAppID: place.app, GroupId: place.group, MuteAllMember: next ? "On" : "Off" },
      {
        onSuccess: () => say(t(next ? "muteAll.on" : "muteAll.off"), undo ? () => apply(!next, false) : undefined),
        onError: sayError,
      },
    );
  return (
    <SettingRow name={t("muteAll.name")} about={t(on ? "muteAll.on" : "muteAll.off")}>
      <Locked action="im:ModifyGroupBaseInfo" app={place.app}>
        {(lock) => (
          <span title={lock.title}>
            <Switch
              on={on}
              label={t("muteAll.name")}
              busy={modify.isPending}
              disabled={lock.disabled}
              onChange={(next) => apply(next, true)}
            />
          </span>
        )}
      </Locked>
    </SettingRow>
  );
}
