/**
 * The first thing that every command does: says so in one sentence when Node is too old for the tools of this workspace.
 * The published packages run on older ones; this is about a clone.
 *
 * CommonJS in old syntax, because it has to run where the rest does not.
 */
var floor = require('../../package.json').engines.node.replace('>=', '');

var current = process.versions.node.split('.').map(Number);
var needed = floor.split('.').map(Number);
// [major, minor] as one number.
var rank = (/** @type {number[]} */ version) => (version[0] || 0) * 1000 + (version[1] || 0);

if (rank(current) < rank(needed)) {
  console.error(
    'This workspace needs Node ' +
      floor +
      ' or newer, and this is Node ' +
      process.versions.node +
      '. ' +
      'The packages themselves run on Node 20.0: build them with a newer Node, and install them where you need them.',
  );
  process.exit(1);
}
