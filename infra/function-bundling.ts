import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { BuildOptions } from 'esbuild';

/** How the functions are bundled for deployment. */
export const functionBundling = {
  format: OutputFormat.ESM,
  target: 'node24',
  minify: true,
  sourceMap: true,
  sourcesContent: false,
  mainFields: ['module', 'main'],
  bundleAwsSDK: true,
} satisfies BundlingOptions;

/** The same for esbuild itself: the same bytes come out, without a synthesis around them. */
export function bundleOptions(entry: string): BuildOptions {
  const { format, target, minify, sourceMap, sourcesContent, mainFields } = functionBundling;
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
  };
}
