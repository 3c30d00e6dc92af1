import type { SerializedError, TestModule } from 'vitest/node';

/**
 * Ends a test run with one line for people and for .ci/run: `N passed, N failed`.
 * A file that cannot even be collected, and an error outside any test, count as failed.
 */
export default class ClosingLineReporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const failedTests = tests.filter((test) => test.result().state === 'failed').length;
    const brokenSuites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const outsideTests = brokenSuites.filter((suite) => suite.errors().length > 0).length + errors.length;
    // After the summary of the default reporter, which is written in the same turn.
    setImmediate(() => console.log(`${passed} passed, ${failedTests + outsideTests} failed`));
  }
}
