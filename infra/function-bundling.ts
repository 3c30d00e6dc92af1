import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';

/**
 * Where the SDK looks for credentials that are not in the environment: files, sign-ins and tokens of developers'
 * machines. Lambda always has them in the environment, so these are never loaded, and would be a quarter of a bundle.
 */
const otherCredentials = ['ini', 'process', 'sso', 'web-identity'].map((of) => `@aws-sdk/credential-provider-${of}`);

const functions = fileURLToPath(new URL('../functions', import.meta.url));

/** How a function is bundled for deployment. */
export function bundleOptions(entry: string): BuildOptions {
  return {
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    mainFields: ['module', 'main'],
    external: otherCredentials,
    /** The solver, in the functions that import it: a file beside the bundle, which is read when it is first used. */
    loader: { '.wasm': 'file' },
  };
}

/**
 * The code of one function, `index.mjs`. CDK's own bundling starts npx for each function, which takes longer than esbuild does;
 * called directly it writes the same files.
 * @param name of its file in functions/
 */
export function bundledFunction(name: string): AssetCode {
  return Code.fromAsset(functions, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used: functions are always bundled on this machine.
      image: DockerImage.fromRegistry('scratch'),
      // Never run: it is what tells one asset of the folder from another.
      command: ['esbuild', name],
      local: {
        tryBundle: (outputDirectory) => {
          const outfile = join(outputDirectory, 'index.mjs');
          buildSync({ ...bundleOptions(join(functions, `${name}.ts`)), outfile, logLevel: 'warning' });
          return true;
        },
      },
    },
  });
}
