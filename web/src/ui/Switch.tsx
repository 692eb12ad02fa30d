import TSwitch from "tdesign-react/es/switch/Switch";
import "tdesign-react/es/switch/style/css.js";

/** TDesign's switch with a name for screen readers. */
export function Switch(props: {
  on: boolean;
  label: string;
  busy?: boolean;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <TSwitch
      {...({ "aria-label": props.label, "aria-checked": props.on } as object)}
      value={props.on}
      loading={props.busy}
      disabled={props.disabled}
      onChange={(on) => props.onChange(Boolean(on))}
    />
  );
}
