@echo off
where node >nul 2>nul || (echo pulumi-resource-ngrok-ai: Node.js is not on PATH. Install Node.js 22.19 or later: https://nodejs.org 1>&2 & exit /b 1)
node "%~dp0pulumi-resource-ngrok-ai.js" %*
