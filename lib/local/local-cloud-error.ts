/** A reason why the local cloud cannot run or do what was asked, worded for the person who reads the console. */
export class LocalCloudError extends Error {
  override readonly name = 'LocalCloudError';
}
