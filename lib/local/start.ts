import { resolve } from 'node:path';
import { LocalCloudError } from './local-cloud-error.ts';
import { startFleetpulse } from './start-fleetpulse.ts';
import { readStartOptions, type StartOptions } from './start-options.ts';

// The program behind `npm start`.

const print = (line: string) => console.log(line);
const options = optionsOrExit();

try {
  print('Fleetpulse is starting: synthesizing the app takes a few seconds');
  const { cloud, adminKey } = await startFleetpulse({ ...options, print });
  const stop = (signal: NodeJS.Signals) => {
    process.once(signal, () => process.exit(130));
    print('stopping; your data are kept');
    void cloud.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  print(`data and logs: ${resolve(options.dataDirectory)}`);
  if (cloud.clockKind === 'manual') {
    print(
      `the clock stands at ${new Date(cloud.nowMs()).toISOString()}: POST ${cloud.url}/_local/clock {"to": "..."} moves it`,
    );
  }
  if (adminKey !== undefined) {
    print(`admin key (shown once): ${adminKey}`);
    print(`page, signed in (once, within ten minutes): ${cloud.signInAddress(adminKey)}`);
  }
  print('Ctrl-C stops it');
  print(`ready ${cloud.url}`);
} catch (error) {
  console.error(error instanceof LocalCloudError ? `cannot start: ${error.message}` : error);
  process.exit(1);
}

function optionsOrExit(): StartOptions {
  try {
    return readStartOptions(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}
