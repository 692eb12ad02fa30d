import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../../../api/session";
import { Confirm } from "../../../ui/Confirm";
import { MenuItem } from "../../../ui/Menu";
import { say, sayError } from "../../../ui/Toasts";
import { type Group, type Member, type Place, useModifyMember, useMute, useRemoveMembers, useTransfer } from "../api";
import { AddMembers } from "./AddMembers";
import { BanMembers } from "./BanMembers";
import { EditCard } from "./EditCard";
import { MuteMembers } from "./MuteMembers";
import { type Outcome, Outcomes, outcomesOf, refusedOf } from "./Outcomes";

export type Act =
  | { what: "add" }
  | { what: "mute" | "remove" | "ban"; users: string[]; clear?: () => void }
  | { what: "owner"; user: string }
  | { what: "card"; user: string; card: string };

/** The dialog of what is about to be done with members. */
export function MemberActs({ place, act, onClose }: { place: Place; act: Act; onClose: () => void }) {
  const end = () => {
    onClose();
    if ("clear" in act) act.clear?.();
  };
  if (act.what === "add") return <AddMembers place={place} onClose={onClose} />;
  if (act.what === "owner") return <Transfer place={place} user={act.user} onClose={onClose} />;
  if (act.what === "card") return <EditCard place={place} user={act.user} card={act.card} onClose={onClose} />;
  if (act.what === "mute") return <MuteMembers place={place} users={act.users} onClose={onClose} onDone={end} />;
  if (act.what === "ban") return <BanMembers place={place} users={act.users} onClose={onClose} />;
  return <Remove place={place} users={act.users} onClose={onClose} onDone={end} />;
}

interface MenuProps {
  place: Place;
  group: Group;
  member: Member;
  close: () => void;
  act: (act: Act) => void;
}

/** What the group's type lets one do with one member. */
export function MemberMenu({ place, group, member, close, act }: MenuProps) {
  const { t } = useTranslation("groups");
  const { app } = place;
  const mayEdit = useAllowed("im:ModifyGroupMemberInfo", app);
  const mayMute = useAllowed("im:ForbidSendMessage", app);
  const mayOwner = useAllowed("im:ModifyGroupOwner", app);
  const mayBan = useAllowed("im:AddGroupBan", app);
  const mayRemove = useAllowed("im:DeleteGroupMember", app);
  const modify = useModifyMember();
  const mute = useMute();
  const known = (name: string) => group.Operations.includes(name);
  const user = member.UserID;
  const owner = member.Role === "Owner";
  const at = { SDKAppID: app, GroupId: place.group };
  const open = (next: Act) => () => {
    close();
    act(next);
  };
  const appoint = () => {
    close();
    const Role = member.Role === "Admin" ? "Member" : "Admin";
    modify.mutate(
      { ...at, UserID: user, Role },
      { onSuccess: () => say(t("roleChanged", { user, role: t(`roles.${Role}`) })), onError: sayError },
    );
  };
  const unmute = () => {
    close();
    mute.mutate(
      { ...at, UserIDs: [user], Seconds: 0 },
      { onSuccess: () => say(t("mute.ended", { user })), onError: sayError },
    );
  };
  return (
    <>
      {known("appoint") && !owner && (
        <MenuItem disabled={mayEdit === false} onClick={appoint}>
          {t(member.Role === "Admin" ? "dismissAdmin" : "appointAdmin")}
        </MenuItem>
      )}
      {known("transfer") && !owner && (
        <MenuItem disabled={mayOwner === false} onClick={open({ what: "owner", user })}>
          {t("transfer.open")}
        </MenuItem>
      )}
      <MenuItem disabled={mayEdit === false} onClick={open({ what: "card", user, card: member.NameCard })}>
        {t("nameCard")}
      </MenuItem>
      {known("mute") && (
        <MenuItem disabled={mayMute === false} onClick={open({ what: "mute", users: [user] })}>
          {t("mute.open")}
        </MenuItem>
      )}
      {known("mute") && member.MuteUntil > 0 && (
        <MenuItem disabled={mayMute === false} onClick={unmute}>
          {t("mute.end")}
        </MenuItem>
      )}
      {known("ban") && !owner && (
        <MenuItem danger disabled={mayBan === false} onClick={open({ what: "ban", users: [user] })}>
          {t("ban.open")}
        </MenuItem>
      )}
      {known("kick") && !owner && (
        <MenuItem danger disabled={mayRemove === false} onClick={open({ what: "remove", users: [user] })}>
          {t("action.remove")}
        </MenuItem>
      )}
    </>
  );
}

interface RemoveProps {
  place: Place;
  users: string[];
  onClose: () => void;
  onDone: () => void;
}

function Remove({ place, users, onClose, onDone }: RemoveProps) {
  const { t } = useTranslation("groups");
  const remove = useRemoveMembers();
  const [told, setTold] = useState<Outcome[]>();
  if (told) return <Outcomes title={t("remove.report")} all={told} onClose={onDone} />;
  return (
    <Confirm
      title={t("remove.title", { count: users.length })}
      submit={t("action.remove")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { SDKAppID: place.app, GroupId: place.group, UserIDs: users },
          {
            onSuccess: (answer) => {
              const all = outcomesOf(answer, "UserID");
              if (refusedOf(all).length) return setTold(all);
              say(t("remove.done", { count: users.length }));
              onDone();
            },
          },
        )
      }
    >
      <p className="break">{users.join(", ")}</p>
      <p className="quiet">{t("remove.about")}</p>
    </Confirm>
  );
}

function Transfer({ place, user, onClose }: { place: Place; user: string; onClose: () => void }) {
  const { t } = useTranslation("groups");
  const transfer = useTransfer();
  return (
    <Confirm
      title={t("transfer.title", { user })}
      submit={t("transfer.open")}
      busy={transfer.isPending}
      error={transfer.error}
      onClose={onClose}
      onConfirm={() =>
        transfer.mutate(
          { SDKAppID: place.app, GroupId: place.group, UserID: user },
          {
            onSuccess: () => {
              say(t("transfer.done", { user }));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("transfer.about")}</p>
    </Confirm>
  );
}
