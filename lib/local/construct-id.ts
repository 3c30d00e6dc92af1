/** The id a construct has in the app: CDK's logical ids are that id followed by eight hexadecimal digits. */
export function constructId(logicalId: string): string {
  const withoutHash = logicalId.replace(/[0-9A-F]{8}$/, '');
  return withoutHash === '' ? logicalId : withoutHash;
}
