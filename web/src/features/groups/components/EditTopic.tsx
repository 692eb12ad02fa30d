import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { badUrl, byteLength } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { type Place, type TopicRow, useCreateTopic, useModifyTopic } from "../api";

const FIELDS = ["Name", "Introduction", "Notification", "FaceUrl", "CustomString"] as const;
type Field = (typeof FIELDS)[number];
type Texts = Record<Field, string>;
/** Between the community and a topic's own part of its ID. */
export const MARK = "@TOPIC#_";
const maxOf = (field: string) => limitOf("im/CreateTopic", field).max;
const NONE: Texts = { Name: "", Introduction: "", Notification: "", FaceUrl: "", CustomString: "" };

const badFace = (texts: Texts) => Boolean(texts.FaceUrl) && badUrl(texts.FaceUrl);
const wrong = (texts: Texts) =>
  !texts.Name || badFace(texts) || FIELDS.some((field) => byteLength(texts[field]) > maxOf(field));

/** A topic's own part of its ID goes behind the community's. */
export function CreateTopic({ place, onClose }: { place: Place; onClose: () => void }) {
  const { t } = useTranslation("groups");
  const [texts, setTexts] = useState(NONE);
  const [own, setOwn] = useState("");
  const create = useCreateTopic();
  const before = place.group + MARK;
  const max = maxOf("TopicId") - byteLength(before);
  const badId = /[^\x20-\x7e]|@TOPIC#|@TGS#_/.test(own);
  return (
    <FormDialog
      title={t("topics.create")}
      at="right"
      submit={t("action.create")}
      busy={create.isPending}
      disabled={wrong(texts) || badId || byteLength(own) > max}
      error={create.error}
      onClose={onClose}
      onSubmit={() =>
        create.mutate(
          { SDKAppID: place.app, GroupId: place.group, TopicId: own && before + own, ...texts },
          {
            onSuccess: () => {
              say(t("topics.created", { name: texts.Name }));
              onClose();
            },
          },
        )
      }
    >
      <Fields texts={texts} onChange={setTexts} autoFocus />
      <ByteInput
        label="TopicID"
        mono
        max={max}
        value={own}
        onChange={setOwn}
        hint={t("topics.idHint", { before })}
        error={badId ? t("topics.badId") : undefined}
      />
    </FormDialog>
  );
}

/** Only what changed is sent. */
export function EditTopic({ place, topic, onClose }: { place: Place; topic: TopicRow; onClose: () => void }) {
  const { t } = useTranslation("groups");
  const [texts, setTexts] = useState<Texts>({
    Name: topic.Name,
    Introduction: topic.Introduction,
    Notification: topic.Notification,
    FaceUrl: topic.FaceUrl,
    CustomString: topic.CustomString,
  });
  const modify = useModifyTopic();
  const changed = FIELDS.filter((field) => texts[field] !== topic[field]);
  return (
    <FormDialog
      title={t("edit.title", { name: topic.Name })}
      at="right"
      submit={t("action.save")}
      busy={modify.isPending}
      disabled={!changed.length || wrong(texts)}
      error={modify.error}
      onClose={onClose}
      onSubmit={() =>
        modify.mutate(
          {
            SDKAppID: place.app,
            TopicId: topic.TopicId,
            ...Object.fromEntries(changed.map((field) => [field, texts[field]])),
          },
          {
            onSuccess: () => {
              say(t("edit.saved", { fields: changed.map((field) => t(`topicTexts.${field}`)).join(", ") }));
              onClose();
            },
          },
        )
      }
    >
      <p className="quiet break">{topic.TopicId}</p>
      <Fields texts={texts} onChange={setTexts} />
    </FormDialog>
  );
}

function Fields(props: { texts: Texts; onChange: (texts: Texts) => void; autoFocus?: boolean }) {
  const { t } = useTranslation("groups");
  return FIELDS.map((field) => (
    <ByteInput
      key={field}
      label={t(`topicTexts.${field}`)}
      required={field === "Name"}
      autoFocus={props.autoFocus && field === "Name"}
      max={maxOf(field)}
      rows={field === "Name" || field === "FaceUrl" ? undefined : 3}
      type={field === "FaceUrl" ? "url" : "text"}
      mono={field === "CustomString"}
      value={props.texts[field]}
      onChange={(value) => props.onChange({ ...props.texts, [field]: value })}
      hint={field === "CustomString" ? t("topics.customHint") : undefined}
      error={field === "FaceUrl" && badFace(props.texts) ? t("field.url") : undefined}
    />
  ));
}
