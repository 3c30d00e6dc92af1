export const accepted: readonly { name: RegExp; reason: string }[] = [];
