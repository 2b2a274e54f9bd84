/** Loads what the services load and ends: see `compiled.ts`. */
import '#gateway/app.ts';
import '#node/app.ts';
