#!/bin/sh
echo no options at all
