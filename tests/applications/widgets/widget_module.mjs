// SPDX-License-Identifier: MIT
export const name = "widget";
