// Preloaded by the npm scripts (`node -r ./scripts/require-node-24.cjs ...`), so it must parse under any old Node.
// vitest.config.ts imports it too, because npm runs no `pretest` where install scripts are disabled.
const found = process.versions.node;
if (Number(found.split('.')[0]) < 24) {
  process.stderr.write(
    'Fleetpulse needs Node 24 or newer, but this is Node ' +
      found +
      ': run `npm ci`, whose install script of the `node` package puts Node 24 into node_modules; if install scripts ' +
      'are disabled (npm config get ignore-scripts), run `npm rebuild --ignore-scripts=false node`, or install Node 24 yourself.\n',
  );
  process.exit(1);
}
