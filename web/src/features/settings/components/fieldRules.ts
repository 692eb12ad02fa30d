export const FIELD_TYPES = ["string", "uint64", "bytes"] as const;

/** Why a name cannot be that of a new field: the server's rules, told before it is asked. */
export function fieldNameMistake(name: string, max: number, taken: string[]): "letters" | "long" | "taken" | undefined {
  if (name && !/^[A-Za-z]+$/.test(name)) return "letters";
  if (name.length > max) return "long";
  return taken.includes(name) ? "taken" : undefined;
}
