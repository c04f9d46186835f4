/** What `pnpm pack` and `pnpm publish` do to a manifest; see there. */
const { preparePublication } = require('./tooling/release/shape/prepare-publication.cjs');

module.exports = { hooks: { beforePacking: preparePublication } };
