import { useTranslation } from "react-i18next";
import { SelectField } from "../../../ui/Field";
import type { Topic } from "../api";

/** Which topic of a community: its messages are the topics', not its own. */
export function TopicField(props: { topics: Topic[]; value: string; onChange: (id: string) => void }) {
  const { t } = useTranslation("groups");
  return (
    <SelectField
      label={t("topics.one")}
      value={props.value}
      options={props.topics.map(({ TopicId, Name }) => ({ value: TopicId, label: Name }))}
      onChange={props.onChange}
    />
  );
}
