import { useTranslation } from "react-i18next";
import "./notes.css";

export interface TagPair {
  Key: string;
  Value: string;
}

export const tagText = ({ Key, Value }: TagPair) => (Value ? `${Key}: ${Value}` : Key);

/** Each tag once, in the order of the alphabet. */
export function distinct(tags: readonly TagPair[]): TagPair[] {
  const each = new Map(tags.map((tag) => [tagText(tag), tag]));
  return [...each.values()].sort((a, b) => tagText(a).localeCompare(tagText(b)));
}

/** The tags that apps have, to choose instead of typing. */
export function TagsInUse({ tags, onChoose }: { tags: readonly TagPair[]; onChoose: (tag: TagPair) => void }) {
  const { t } = useTranslation();
  if (!tags.length) return null;
  return (
    <div className="row row--tight" role="group" aria-label={t("tags.inUse")}>
      <span className="quiet">{t("tags.inUse")}</span>
      {distinct(tags).map((tag) => (
        <button key={tagText(tag)} type="button" className="chip" onClick={() => onChoose(tag)}>
          {tagText(tag)}
        </button>
      ))}
    </div>
  );
}
