import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, Checkbox, ChoiceField } from "../../../ui/Field";
import { byteLength } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { type GroupType, TYPES, useCreate } from "../api";

const MAX = {
  name: limitOf("im/CreateGroup", "Name").max,
  owner: limitOf("im/CreateGroup", "Owner").max,
  id: limitOf("im/CreateGroup", "GroupId").max,
};

/** With which the ID of a community begins. */
const COMMUNITY = "@TGS#_";

interface Props {
  app: number;
  onClose: () => void;
  onDone: (group: string) => void;
}

/** The fields in the original's order: name, owner, type. */
export function CreateGroup({ app, onClose, onDone }: Props) {
  const { t } = useTranslation("groups");
  const [value, setValue] = useState({ name: "", owner: "", id: "" });
  const [type, setType] = useState<GroupType>("Work");
  const [topics, setTopics] = useState(false);
  const create = useCreate();
  const set = (change: Partial<typeof value>) => setValue({ ...value, ...change });
  const community = type === "Community";
  const begins = community ? value.id.startsWith(COMMUNITY) : !value.id.startsWith("@TGS#");
  const badId = Boolean(value.id) && (!begins || /[^\x20-\x7e]|@TOPIC#/.test(value.id));
  const maxId = community ? MAX.id : MAX.id - "@TGS#".length;
  const wrong =
    !value.name ||
    badId ||
    byteLength(value.name) > MAX.name ||
    byteLength(value.owner) > MAX.owner ||
    byteLength(value.id) > maxId;
  return (
    <FormDialog
      title={t("create.open")}
      at="right"
      submit={t("action.create")}
      busy={create.isPending}
      disabled={wrong}
      error={create.error}
      onClose={onClose}
      onSubmit={() =>
        create.mutate(
          {
            SDKAppID: app,
            Name: value.name,
            Type: type,
            Owner: value.owner,
            GroupId: value.id,
            SupportTopic: community && topics ? 1 : 0,
          },
          {
            onSuccess: ({ GroupId }) => {
              say(t("create.done", { name: value.name }));
              onClose();
              onDone(GroupId);
            },
          },
        )
      }
    >
      <ByteInput
        label={t("name")}
        required
        autoFocus
        max={MAX.name}
        value={value.name}
        onChange={(name) => set({ name })}
      />
      <ByteInput
        label={t("owner")}
        mono
        max={MAX.owner}
        value={value.owner}
        onChange={(owner) => set({ owner })}
        hint={t("create.ownerHint")}
      />
      <ChoiceField
        label={t("type")}
        value={type}
        onChange={setType}
        options={TYPES.map((one) => ({ value: one, label: t(`types.${one}`), about: t(`typesAbout.${one}`) }))}
      />
      {community && (
        <Checkbox
          checked={topics}
          onChange={setTopics}
          label={
            <>
              {t("create.topics")} <span className="quiet">{t("create.topicsHint")}</span>
            </>
          }
        />
      )}
      <ByteInput
        label="GroupID"
        mono
        max={maxId}
        value={value.id}
        onChange={(id) => set({ id })}
        hint={t(community ? "create.communityIdHint" : "create.idHint")}
        error={badId ? t(community ? "create.badCommunityId" : "create.badId") : undefined}
      />
    </FormDialog>
  );
}
