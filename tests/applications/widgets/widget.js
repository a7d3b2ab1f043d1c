// SPDX-License-Identifier: MIT
"use strict";

window.widgetsRun = (window.widgetsRun || 0) + 1;
