interface Element {
  MsgType?: string;
  MsgContent?: { Text?: string; Desc?: string; FileName?: string };
}

/** A message in one line: its texts, and in brackets what else is in it. */
export function textOf(body: readonly unknown[]): string {
  return body
    .map((one) => {
      const { MsgType = "", MsgContent } = (one ?? {}) as Element;
      if (!MsgType) return JSON.stringify(one);
      const kind = MsgType.replace(/^TIM(.+)Elem$/, "$1");
      if (MsgType === "TIMTextElem") return MsgContent?.Text ?? "";
      const more = MsgContent?.FileName ?? MsgContent?.Desc;
      return more ? `[${kind}: ${more}]` : `[${kind}]`;
    })
    .join(" ");
}
