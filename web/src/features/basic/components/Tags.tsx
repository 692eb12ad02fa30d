import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { Button, IconButton } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { AddIcon, DeleteIcon, EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { TagsInUse, tagText } from "../../../ui/TagsInUse";
import { say } from "../../../ui/Toasts";
import { useEveryApp } from "../../apps/api";
import { type App, useModifyTags } from "../api";
import "../basic.css";

export function Tags({ app }: { app: App }) {
  const { t } = useTranslation("basic");
  const [open, setOpen] = useState(false);
  return (
    <SettingCard
      title={t("tag.title")}
      lead={t("tag.lead")}
      actions={
        <Locked action="im:ModifyAppTags" app={app.SDKAppID}>
          {(lock) => (
            <Button icon={<EditIcon />} {...lock} onClick={() => setOpen(true)}>
              {t("action.edit")}
            </Button>
          )}
        </Locked>
      }
    >
      {app.Tags.length ? (
        <div className="row">
          {app.Tags.map(({ Key, Value }) => (
            <Tag key={Key}>{tagText({ Key, Value })}</Tag>
          ))}
        </div>
      ) : (
        <p className="quiet">{t("tag.none")}</p>
      )}
      {open && <EditTags app={app} onClose={() => setOpen(false)} />}
    </SettingCard>
  );
}

function EditTags({ app, onClose }: { app: App; onClose: () => void }) {
  const { t } = useTranslation("basic");
  // The app may be read anew while somebody types: what is saved replaces the tags that stand here.
  const [Version] = useState(app.Version);
  // An app without tags begins with a row to fill in.
  const [rows, setRows] = useState(() =>
    (app.Tags.length ? app.Tags : [{ Key: "", Value: "" }]).map((tag, id) => ({ ...tag, id })),
  );
  const [next, setNext] = useState(rows.length);
  const known = useEveryApp().flatMap((one) => one.Tags);
  const modify = useModifyTags();
  const most = limitOf("im/ModifyAppTags", "Tags").max;
  const keyMax = limitOf("im/ModifyAppTags", "Tags.Key").max;
  const valueMax = limitOf("im/ModifyAppTags", "Tags.Value").max;
  const filled = rows.filter(({ Key, Value }) => Key || Value);
  const keys = rows.map(({ Key }) => Key);
  const tags = filled.map(({ Key, Value }) => ({ Key, Value }));
  const same = JSON.stringify(tags) === JSON.stringify(app.Tags.map(({ Key, Value }) => ({ Key, Value })));
  const choose = ({ Key, Value }: { Key: string; Value: string }) => {
    const at = rows.find((row) => row.Key === Key) ?? rows.find((row) => !row.Key && !row.Value);
    if (at) return set(at.id, { Key, Value });
    setRows([...rows, { Key, Value, id: next }]);
    setNext(next + 1);
  };
  const wrong = filled.some(
    ({ Key, Value }, index) =>
      !Key ||
      [...Key].length > keyMax ||
      [...Value].length > valueMax ||
      filled.findIndex((one) => one.Key === Key) !== index,
  );
  const set = (id: number, change: object) => setRows(rows.map((row) => (row.id === id ? { ...row, ...change } : row)));
  return (
    <FormDialog
      title={t("tag.edit")}
      at="right"
      submit={t("action.save")}
      busy={modify.isPending}
      disabled={wrong || same}
      error={modify.error}
      onClose={onClose}
      onSubmit={() =>
        modify.mutate(
          { SDKAppID: app.SDKAppID, Version, Tags: tags },
          {
            onSuccess: (saved) => {
              const before = { SDKAppID: app.SDKAppID, Version: saved.Version, Tags: app.Tags };
              say(t("action.saved"), () => modify.mutate(before));
              onClose();
            },
          },
        )
      }
    >
      <p className="quiet">{t("tag.limits", { most, key: keyMax, value: valueMax })}</p>
      {rows.map((row, index) => (
        <div key={row.id} className="tagrow">
          <TextField
            label={t("tag.key")}
            autoFocus={index === rows.length - 1}
            value={row.Key}
            onChange={(Key) => set(row.id, { Key })}
            error={row.Key && keys.indexOf(row.Key) !== index ? t("tag.twice") : undefined}
          />
          <TextField label={t("tag.value")} value={row.Value} onChange={(Value) => set(row.id, { Value })} />
          <IconButton
            icon={<DeleteIcon />}
            label={t("tag.remove", { name: row.Key })}
            onClick={() => setRows(rows.filter(({ id }) => id !== row.id))}
          />
        </div>
      ))}
      <TagsInUse tags={known} onChoose={choose} />
      <div>
        <Button
          icon={<AddIcon />}
          disabled={rows.length >= most}
          onClick={() => {
            setRows([...rows, { Key: "", Value: "", id: next }]);
            setNext(next + 1);
          }}
        >
          {t("tag.add")}
        </Button>
      </div>
    </FormDialog>
  );
}
