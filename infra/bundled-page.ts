import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type ISource, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { buildSync } from 'esbuild';

const sources = fileURLToPath(new URL('../lib/dashboard', import.meta.url));

/** The page as it is deployed: index.html, dashboard.js and dashboard.css, bundled at synth like the functions are. */
export function bundledPage(): ISource {
  return Source.asset(sources, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used: the page is always bundled on this machine.
      image: DockerImage.fromRegistry('scratch'),
      local: {
        tryBundle: (outputDirectory) => {
          bundlePage(outputDirectory);
          return true;
        },
      },
    },
  });
}

function bundlePage(outputDirectory: string): void {
  buildSync({
    entryPoints: [
      { in: join(sources, 'main.tsx'), out: 'dashboard' },
      { in: join(sources, 'dashboard.css'), out: 'dashboard' },
    ],
    outdir: outputDirectory,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
    logLevel: 'warning',
  });
  copyFileSync(join(sources, 'index.html'), join(outputDirectory, 'index.html'));
}
