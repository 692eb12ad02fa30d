import { useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../../../ui/Button";
import { TextField } from "../../../ui/Field";
import { AddIcon, DeleteIcon } from "../../../ui/icons";
import { SettingCard } from "../../../ui/Page";
import { type Choice, Picker } from "../../../ui/Picker";
import { TagsInUse, tagText } from "../../../ui/TagsInUse";
import { useEveryApp } from "../../apps/api";
import { useCreateTagPolicy } from "../api";
import { ActionPicker, EVERY_ACTION, useActionNames } from "./ActionPicker";
import { useGroupChoices, useUserChoices } from "./choices";
import { PolicyNameForm, useCreated } from "./PolicyNameForm";
import "../access.css";

/** Rights on every app with a tag, given to users and groups at once. */
export function ByTag() {
  const { t } = useTranslation("access");
  const [actions, setActions] = useState(EVERY_ACTION);
  const [tags, setTags] = useState([{ id: 0, key: "", value: "" }]);
  const [users, setUsers] = useState<Choice[]>([]);
  const [groups, setGroups] = useState<Choice[]>([]);
  const names = useActionNames();
  const create = useCreateTagPolicy();
  const created = useCreated();
  const known = useEveryApp().flatMap((app) => app.Tags);
  // Into the first row that is empty, or a new one.
  const choose = ({ Key: key, Value: value }: { Key: string; Value: string }) => {
    const free = tags.find((tag) => !tag.key);
    if (tags.some((tag) => tag.key === key && tag.value === value)) return;
    const id = free?.id ?? Math.max(...tags.map((tag) => tag.id)) + 1;
    setTags(free ? tags.map((tag) => (tag.id === id ? { id, key, value } : tag)) : [...tags, { id, key, value }]);
  };
  // Whoever comes from the list of tags has chosen one.
  const { tag: wished = "" } = useSearch({ strict: false }) as { tag?: string };
  const found = known.find((tag) => wished && tagText(tag) === wished);
  useEffect(() => {
    if (found) choose(found);
  }, [Boolean(found)]);
  const set = (id: number, change: object) => setTags(tags.map((tag) => (tag.id === id ? { ...tag, ...change } : tag)));
  const chosen = names(actions);
  return (
    <div className="twocol">
      <div className="stack">
        <SettingCard title={t("tag.tags")} lead={t("tag.tagsAbout")}>
          <div className="stack">
            {tags.map((tag) => (
              <div key={tag.id} className="tagrow">
                <TextField label={t("tag.key")} value={tag.key} onChange={(key) => set(tag.id, { key })} />
                <TextField
                  label={t("tag.value")}
                  value={tag.value}
                  placeholder={t("tag.any")}
                  onChange={(value) => set(tag.id, { value })}
                />
                <IconButton
                  icon={<DeleteIcon />}
                  label={t("tag.remove")}
                  disabled={tags.length === 1}
                  onClick={() => setTags(tags.filter(({ id }) => id !== tag.id))}
                />
              </div>
            ))}
            <div className="row">
              <Button
                kind="text"
                icon={<AddIcon />}
                onClick={() =>
                  setTags([...tags, { id: Math.max(...tags.map(({ id }) => id)) + 1, key: "", value: "" }])
                }
              >
                {t("tag.add")}
              </Button>
            </div>
            <TagsInUse tags={known} onChoose={choose} />
          </div>
        </SettingCard>
        <SettingCard title={t("gen.actions")}>
          <ActionPicker value={actions} onChange={setActions} />
        </SettingCard>
        <SettingCard title={t("tag.who")} lead={t("tag.whoAbout")}>
          <div className="form__pair">
            <div>
              <p className="field__label">{t("nav.users")}</p>
              <Picker label={t("nav.users")} useChoices={useUserChoices} value={users} onChange={setUsers} />
            </div>
            <div>
              <p className="field__label">{t("nav.groups")}</p>
              <Picker label={t("nav.groups")} useChoices={useGroupChoices} value={groups} onChange={setGroups} />
            </div>
          </div>
        </SettingCard>
      </div>
      <SettingCard title={t("new.name")}>
        <PolicyNameForm
          busy={create.isPending}
          error={create.error}
          disabled={!chosen.length || tags.some(({ key }) => !key)}
          onCreate={(PolicyName, Description) =>
            create.mutate(
              {
                PolicyName,
                Description,
                Actions: chosen,
                Tags: tags.map(({ key, value }) => (value ? { Key: key, Value: value } : { Key: key })),
                Uins: users.map(({ id }) => id),
                GroupIds: groups.map(({ id }) => id),
              },
              { onSuccess: ({ PolicyId }) => created(PolicyId) },
            )
          }
        />
      </SettingCard>
    </div>
  );
}
