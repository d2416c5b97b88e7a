#!/usr/bin/env bash
# Creates (once) a virtual environment with boto3 and moto, and prints the path of its python.
exec "$(dirname "${BASH_SOURCE[0]}")/python-venv.sh" aws
