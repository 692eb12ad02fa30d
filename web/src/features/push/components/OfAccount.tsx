import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, TextField } from "../../../ui/Field";
import { byteLength } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Loaded, SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { MAX_BYTES, tagsIn, useAttributes, useMark, useMarks } from "../api";
import { Devices } from "./Devices";
import { Failures } from "./Failures";
import "../push.css";

interface Place {
  app: number;
  user: string;
}
interface Marks {
  Tags: string[];
  Attrs: Record<string, string>;
}

/** A tab of an account: its devices for pushes, and by which tags and attributes pushes find it. */
export function OfAccount({ app, user }: Place) {
  const { t } = useTranslation("push");
  return (
    <>
      <SettingCard title={t("devices.title")} lead={t("devices.about")}>
        <Devices app={app} user={user} />
      </SettingCard>
      <Failures app={app} user={user} />
      <MarksCard app={app} user={user} />
    </>
  );
}

function MarksCard({ app, user }: Place) {
  const { t } = useTranslation("push");
  const query = useMarks(app, user);
  const [open, setOpen] = useState(false);
  return (
    <SettingCard
      title={t("marks.title")}
      lead={t("marks.about")}
      actions={
        <Locked action="im:ModifyPushMarks" app={app}>
          {(lock) => (
            <Button
              icon={<EditIcon />}
              title={lock.title}
              disabled={lock.disabled || !query.data}
              onClick={() => setOpen(true)}
            >
              {t("marks.edit")}
            </Button>
          )}
        </Locked>
      }
    >
      <Loaded query={query} rows={2}>
        {({ Tags, Attrs }) => (
          <dl className="facts">
            <div className="facts__wide">
              <dt>{t("marks.tags")}</dt>
              <dd className="row">
                {Tags.length ? (
                  Tags.map((tag) => <Tag key={tag}>{tag}</Tag>)
                ) : (
                  <span className="quiet">{t("none")}</span>
                )}
              </dd>
            </div>
            {Object.entries(Attrs).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </Loaded>
      {open && query.data && <Edit app={app} user={user} old={query.data} onClose={() => setOpen(false)} />}
    </SettingCard>
  );
}

function Edit({ app, user, old, onClose }: Place & { old: Marks; onClose: () => void }) {
  const { t } = useTranslation("push");
  const [tags, setTags] = useState(old.Tags.join(", "));
  const [attrs, setAttrs] = useState(old.Attrs);
  const names = Object.values(useAttributes(app).data?.AttrNames ?? {});
  const mark = useMark();
  const wanted = tagsIn(tags);
  const long = wanted.some((tag) => byteLength(tag) > MAX_BYTES);
  return (
    <FormDialog
      title={t("marks.title")}
      submit={t("action.save")}
      busy={mark.isPending}
      disabled={long || Object.values(attrs).some((value) => byteLength(value) > MAX_BYTES)}
      error={mark.error}
      onClose={onClose}
      onSubmit={() =>
        mark.mutate(
          {
            SDKAppID: app,
            UserID: user,
            AddTags: wanted.filter((tag) => !old.Tags.includes(tag)),
            RemoveTags: old.Tags.filter((tag) => !wanted.includes(tag)),
            Attrs: Object.fromEntries(
              Object.entries(attrs).filter(([name, value]) => value !== (old.Attrs[name] ?? "")),
            ),
          },
          {
            onSuccess: () => {
              say(t("marks.saved"));
              onClose();
            },
          },
        )
      }
    >
      <TextField
        label={t("marks.tags")}
        hint={t("marks.tagsHint")}
        value={tags}
        error={long ? t("whom.tooLong", { bytes: MAX_BYTES }) : undefined}
        onChange={setTags}
      />
      {names.map((name) => (
        <ByteInput
          key={name}
          label={name}
          max={MAX_BYTES}
          value={attrs[name] ?? ""}
          onChange={(value) => setAttrs((before) => ({ ...before, [name]: value }))}
        />
      ))}
    </FormDialog>
  );
}
