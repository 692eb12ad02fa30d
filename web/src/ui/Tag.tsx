import type { ReactNode } from "react";
import TTag from "tdesign-react/es/tag/Tag";
import "tdesign-react/es/tag/style/css.js";

export type Tone = "default" | "primary" | "success" | "warning" | "danger";

export function Tag({ tone = "default", children, icon }: { tone?: Tone; children: ReactNode; icon?: ReactNode }) {
  return (
    <TTag theme={tone} variant="light-outline" size="medium" icon={icon as never} className="tag">
      {children}
    </TTag>
  );
}
