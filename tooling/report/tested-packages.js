/** Which packages of the workspace have tests, and the reports those left. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{ status: string, fullName: string }} TestResult
 * @typedef {{ name: string, status: string, message: string, assertionResults: TestResult[] }} FileResult
 * @typedef {{ success: boolean, testResults: FileResult[] }} Report
 * @typedef {{ name: string, folder: string }} Package
 */

/** Folder of the workspace. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @returns {Package[]} every workspace package with a `test` script */
export function listTestedPackages() {
  return ['packages', 'apps', 'tooling'].flatMap((parent) => {
    const parentFolder = join(root, parent);
    if (!existsSync(parentFolder)) return [];
    return readdirSync(parentFolder).flatMap((child) => {
      const folder = join(parentFolder, child);
      const manifest = join(folder, 'package.json');
      if (!existsSync(manifest)) return [];
      const { name, scripts } = JSON.parse(readFileSync(manifest, 'utf8'));
      return scripts?.test ? [{ name, folder }] : [];
    });
  });
}

/**
 * @param {string} folder of a package
 * @returns {Report | null} what its last run left; `null` without one
 */
export function readTestReport(folder) {
  const file = join(folder, '.reports', 'vitest.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/**
 * @param {Report} report
 * @returns {{ passed: number, skipped: number, failures: string[] }} a file that fails without a failing test counts as one
 */
export function countResults({ success, testResults }) {
  let passed = 0;
  let skipped = 0;
  const failures = [];
  for (const file of testResults) {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    passed += file.assertionResults.filter(({ status }) => status === 'passed').length;
    skipped += file.assertionResults.filter(({ status }) => status !== 'passed' && status !== 'failed').length;
    for (const test of failed) failures.push(test.fullName);
    if (file.status === 'failed' && failed.length === 0) failures.push(`${file.name}: ${file.message}`);
  }
  if (!success && failures.length === 0) failures.push('the run failed outside of a test; its output above says where');
  return { passed, skipped, failures };
}
