import { useAbility } from "../api";
import { SectionForm } from "./SectionForm";

/** The switch for calls, on the page of basic configuration. */
export function CallsForm({ app }: { app: number }) {
  const { data } = useAbility(app);
  return data ? <SectionForm app={app} ability={data} sections={["calls"]} /> : null;
}
