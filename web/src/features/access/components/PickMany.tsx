import { type ReactNode, useState } from "react";
import { FormDialog } from "../../../ui/Dialog";
import { type Choice, Picker, type UseChoices } from "../../../ui/Picker";

interface Props {
  title: string;
  submit: string;
  useChoices: UseChoices;
  without?: readonly number[];
  busy: boolean;
  error?: unknown;
  /** What came of the last try. */
  report?: ReactNode;
  onClose: () => void;
  onPick: (chosen: Choice[]) => void;
}

/** Some of many, found by typing. */
export function PickMany({ useChoices, without = [], report, onPick, ...rest }: Props) {
  const [chosen, setChosen] = useState<Choice[]>([]);
  // What was given meanwhile is no choice any more.
  const picked = chosen.filter(({ id }) => !without.includes(id));
  return (
    <FormDialog {...rest} width={560} disabled={!picked.length} onSubmit={() => onPick(picked)}>
      <Picker label={rest.title} useChoices={useChoices} without={without} value={picked} onChange={setChosen} />
      {report}
    </FormDialog>
  );
}
