/** As the server has it. */
export const MAX_FILE = 32 * 1024 * 1024;

export type FileFault = "notUtf8" | "tooLarge";

/**
 * A file's text, or why it cannot be imported. Bytes that are not UTF-8 are never replaced: a file in EUC-KR, GBK or
 * Shift-JIS would be imported with every name destroyed.
 */
export async function readAccountFile(file: Blob): Promise<{ text: string } | { fault: FileFault }> {
  if (file.size > MAX_FILE) return { fault: "tooLarge" };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()) };
  } catch (error) {
    if (error instanceof TypeError) return { fault: "notUtf8" };
    throw error;
  }
}
