/** What CommonJS in a page-like environment needs: nothing but the names of the tests. */
module.exports = {
  testEnvironment: 'jsdom',
  testMatch: ['**/*.test.cjs'],
  moduleFileExtensions: ['js', 'cjs', 'mjs', 'json'],
  transform: {},
};
