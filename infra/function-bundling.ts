import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { BuildOptions } from 'esbuild';

/**
 * Where the SDK looks for credentials that are not in the environment: files, sign-ins and tokens of developers'
 * machines. Lambda always has them in the environment, so these are never loaded, and would be a quarter of a bundle.
 */
const otherCredentials = ['ini', 'process', 'sso', 'web-identity'].map((of) => `@aws-sdk/credential-provider-${of}`);

/** How the functions are bundled for deployment. */
export const functionBundling = {
  format: OutputFormat.ESM,
  target: 'node24',
  minify: true,
  sourceMap: true,
  sourcesContent: false,
  mainFields: ['module', 'main'],
  bundleAwsSDK: true,
  externalModules: otherCredentials,
  /** The solver, in the functions that import it: a file beside the bundle, which is read when it is first used. */
  loader: { '.wasm': 'file' as const },
} satisfies BundlingOptions;

/** The same for esbuild itself: the same bytes come out, without a synthesis around them. */
export function bundleOptions(entry: string): BuildOptions {
  const { format, target, minify, sourceMap, sourcesContent, mainFields, externalModules, loader } = functionBundling;
  return {
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format,
    target,
    minify,
    sourcemap: sourceMap,
    sourcesContent,
    mainFields,
    external: externalModules,
    loader,
  };
}
