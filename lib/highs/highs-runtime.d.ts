// The wasm file of HiGHS, as the bundler of functions answers its import: where it was put, relative to the bundle.
declare module 'highs/runtime' {
  const file: string;
  export default file;
}
